// Every sentence on screen. A second language is a second catalogue with the same names.
const en = {
    sign_in: 'Sign in',
    sign_in_lead: 'Your password stays in this browser. The server never sees it.',
    join: 'Create an account',
    join_lead: 'Choose a name and a password. The password never leaves this browser.',
    no_account: 'No account yet?',
    have_account: 'Have an account already?',
    username: 'Username',
    username_hint: 'Letters, digits, dot, dash or underscore; at most 64.',
    username_wrong: 'Use 1 to 64 letters, digits, dots, dashes or underscores.',
    password: 'Password',
    password_new: 'New password',
    password_present: 'Present password',
    password_show: 'Show password',
    password_hint: 'At least {min} characters. A few words you can remember do well.',
    password_short: 'Use at least {min} characters.',
    password_common: 'This password is in common use. Choose another.',
    password_name: 'Choose a password that is not your username.',
    strength: 'Strength',
    strength_0: 'Very easy to guess',
    strength_1: 'Easy to guess',
    strength_2: 'Could be better',
    strength_3: 'Good',
    strength_4: 'Very good',
    working: 'Working… this takes a moment',
    login_refused: 'Username or password is wrong. Check both and try again.',
    username_taken: 'This name is taken. Choose another.',
    username_invalid: 'This name cannot be used. Choose another.',
    too_many_requests: 'Too many tries. Wait {seconds} seconds, then try again.',
    too_busy: 'The server is busy. Try again in a moment.',
    unreachable: 'The server cannot be reached. Check the connection and try again.',
    gone: 'This took too long. Try again.',
    unknown: 'That did not work ({kind}). Try again.',
    insecure: 'Open this page over https, or on localhost: the browser allows no cryptography here.',
    created: 'Your account is ready. Sign in with it now.',
    changed: 'Your password was changed. Use the new one from now on.',
    account: 'Account',
    explorer: 'Ledger',
    sign_out: 'Sign out',
    signed_in_as: 'Signed in as {name}',
    session_over: 'Your session has ended. Sign in again.',
    credentials: 'Ways to sign in',
    credential_password: 'Password',
    credential_passkey: 'Passkey',
    credential_device_key: 'Device key',
    credential_recovery_key: 'Recovery code',
    credential_ssh_key: 'SSH key',
    added: 'added {time}',
    change_password: 'Change password',
    sessions: 'Where you are signed in',
    session_this: 'This browser',
    session_other: 'Another session ({client})',
    session_began: 'since {time}',
    end: 'End',
    end_of: 'End the session since {time}',
    end_others: 'End all others',
    history: 'History',
    history_lead: 'Every change of your account, read from the ledger and checked in this browser.',
    checked_all: 'All {count} checked: the ledger holds exactly this.',
    checked_some: 'Not every change could be proved. Do not trust this server until that is explained.',
    proved: 'Proved',
    not_proved: 'Not proved',
    block_at: 'Block {height}, {time}',
    authorised: 'authorised by {who}',
    by_new: 'the new password itself',
    by_password: 'the password before',
    by_other: 'others than your credentials',
    checking: 'Checking the ledger…',
    newest: 'Newest entries',
    explorer_lead:
        'Each entry is a leaf of one tree. The signed checkpoint names its root, so no leaf can be ' +
        'changed or removed without being seen.',
    checkpoint: 'Checkpoint',
    checkpoint_size: '{size} entries, signature and history checked',
    entry_of: 'Entry {index}',
    entry_about: 'What it says',
    entry_path: 'How it is proved',
    entry_path_lead: 'The leaf is hashed with its neighbour, step by step, until the root comes out.',
    leaf: 'leaf {index}',
    root_matches: 'This is the root that the checkpoint signs: the entry is in the ledger.',
    root_differs: 'This is not the root of the checkpoint: the entry is not proved.',
    choose_entry: 'Choose an entry to see how it is proved.',
    alarm: 'Stop: this server cannot be trusted now',
    alarm_fork:
        'It showed this browser a ledger that does not continue the one it showed before, or one without ' +
        'a good signature. Type no password here. Tell the people who run the server, and keep this ' +
        'browser as it is: it remembers the proof.',
    alarm_keys:
        'Its keys are not those that this browser knows. Type no password here, and ask the people who ' +
        'run the server whether they started a new network.',
    alarm_server:
        'What it answered was checked and is wrong ({what}). Your password was not sent. Tell the people ' +
        'who run the server.',
    forget: 'I know why: forget the old network',
    kind_0: 'Block', kind_1: 'The network began', kind_2: 'Account created', kind_3: 'Way to sign in added',
    kind_4: 'Way to sign in removed', kind_5: 'Password changed', kind_6: 'All sessions ended',
    kind_7: 'Account erased', kind_8: 'Recovery by operators allowed',
    kind_9: 'Recovery by operators forbidden',
    kind_10: 'Recovery begun', kind_11: 'Recovery finished', kind_12: 'Recovery cancelled',
    kind_22: 'Signing key published', kind_23: 'Signing key retired', kind_24: 'Tokens counted',
    kind_other: 'Change of the network ({kind})',
    field_height: 'height', field_time: 'time', field_first: 'first entry', field_count: 'entries',
    field_root: 'root of the log', field_directory: 'root of the accounts', field_network: 'network',
    field_label: 'account label', field_version: 'version', field_previous: 'entry before',
    field_bytes: 'bytes',
    field_leaf: 'leaf hash',
};

export type Message = keyof typeof en;

export function t(name: Message, values: Record<string, string | number> = {}): string {
    return en[name].replace(/\{(\w+)\}/g, (_, value: string) => String(values[value] ?? ''));
}
export const kind_text = (kind: number): string =>
    `kind_${kind}` in en ? t(`kind_${kind}` as Message) : t('kind_other', { kind });

const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
export const time_text = (milliseconds: number): string => moment.format(milliseconds);
