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
    answer_not_opened:
        'Username or password is wrong, or the server used another key for this account than when the ' +
        'password was set. Check both and try again. If you are sure of them, stop and ask the people who ' +
        'run the server.',
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
    session_bulla: 'Another browser',
    session_cli: 'A command line',
    session_other: 'Another session ({client})',
    session_began: 'since {time}',
    silent_nodes: 'Not all are here: {count} of the servers that share this registry gave no answer just ' +
        'now. “Sign out everywhere” ends theirs too.',
    end: 'End',
    end_of: 'End the session since {time}',
    end_others: 'End all others',
    history: 'History',
    history_lead: 'Every change of your account, read from the ledger and checked in this browser.',
    checked_all: '{count} of {count} checked: the ledger holds exactly this.',
    checked_some: 'Not every change could be proved. Do not trust this server until that is explained.',
    signed_by: 'Checked here: block {height}, signed by {by} of {of} organisations.',
    signed_so_far:
        'Block {height} is signed by {by} of {of} organisations so far. It counts when {needed} have ' +
        'signed. Looking again…',
    signed_too_few:
        'Block {height} is signed by {by} of {of} organisations, and {needed} have to sign before it ' +
        'counts. Until then this is the word of this server alone. Load the page again in a few minutes. ' +
        'If it stays so, tell the people who run the server.',
    proved: 'Proved',
    proved_not_yet: 'Not signed by enough yet',
    not_proved: 'Not proved',
    block_at: 'Block {height}, {time}',
    authorised: 'authorised by {who}',
    by_new: 'the new password itself',
    by_password: 'the password before',
    by_other: 'others than your credentials',
    cancel: 'Cancel',
    copy: 'Copy',
    copied: 'Copied',
    approve_by: 'Confirm with',
    password_missing: 'Type your password.',
    passkey_waiting: 'Waiting for your passkey…',
    passkey_cancelled: 'No passkey was used: it was cancelled, took too long, or none fits. Try again.',
    passkey_exists: 'This device holds a passkey of your account already.',
    passkey_address:
        'Passkeys do not work at this address. Open the page at the address of the sign-in server.',
    passkey_unsuitable: 'This device cannot make a passkey that fits. Try another one.',
    ssh_key_form: 'This is no line of a public key. Paste the whole line of a .pub file.',
    ssh_key_kind: 'Only Ed25519 and P-256 keys are taken: ssh-ed25519 or ecdsa-sha2-nistp256.',
    ssh_signature_form: 'This is no SSH signature. Paste everything from BEGIN to END.',
    ssh_signature_other: 'This signature is by another key, or for another purpose. Run the command above.',
    ssh_run: 'Run this where your SSH key is, and name its file if it is another one:',
    ssh_signature: 'What the command printed',
    ssh_take: 'Take the signature',
    ssh_sign_in: 'Sign in with an SSH key',
    ssh_sign_in_lead:
        'Type your username above. You get a command to run where the key is; what it prints signs you in. ' +
        'You have two minutes.',
    ssh_show_command: 'Show the command',
    ssh_refused:
        'This key does not open this account, or the two minutes were over. Check username and key and ' +
        'begin anew.',
    conflict: 'Something changed meanwhile. Load the page again and repeat.',
    evidence_refused: 'The server did not accept this confirmation. Load the page again and repeat.',
    value_not_allowed: 'The server does not allow this here.',
    read_only: 'The server takes no changes at the moment. Try again later.',
    lie_wrong_server_key: 'it used a key that is not this network’s',
    lie_wrong_label: 'it cannot show that your name belongs to this account',
    lie_weak_stretching: 'it asked for a protection of your password that is too weak',
    lie_wrong_network: 'it named another network',
    lie_replayed_challenge: 'it asked for a signature that was given before',
    lie_wrong_account_id: 'it named another account than yours',
    or: 'or',
    passkey_sign_in: 'Sign in with a passkey',
    passkey_join: 'Create it with a passkey',
    passkey_join_lead: 'A passkey needs no password: your device or security key keeps it and asks you.',
    passkey_making: 'First your device makes the passkey…',
    passkey_using: 'Now use the new passkey once, to show that it works…',
    passkey_timeout: 'That took too long. Try again.',
    approving: 'Now confirm with what you sign in with already…',
    created_passkey: 'Your account is ready. Sign in with your passkey.',
    add_password: 'Add a password',
    add_password_lead:
        'For places without your passkey or key. The password stays in this browser; then you confirm with ' +
        'what you sign in with already.',
    add_passkey: 'Add a passkey',
    add_passkey_lead:
        'Your device makes the passkey and uses it once. Then you confirm with what you sign in with ' +
        'already.',
    add_ssh_key: 'Add an SSH key',
    add_ssh_key_lead:
        'The key signs once, by a command that you run. Then you confirm with what you sign in with already.',
    added_done: '{name} was added.',
    credential_name: 'Name',
    credential_name_hint: 'For you to tell them apart. It is not in the ledger.',
    rename: 'Rename',
    rename_of: 'Rename {name}',
    ssh_public_key: 'Public key',
    ssh_public_key_hint: 'One line of a .pub file: ssh-ed25519 or ecdsa-sha2-nistp256.',
    ssh_waiting: 'Waiting for the signature…',
    recovery: 'If you lose everything else',
    recovery_lead: 'What opens your account when no password, passkey or key is left.',
    codes: 'Recovery codes',
    codes_left: '{count} left',
    codes_none: 'none',
    make_codes: 'Make recovery codes',
    make_codes_again: 'Make new ones',
    make_codes_lead:
        'Ten codes for paper, each good once. They are shown now and never again. Codes that you made ' +
        'before end after three days.',
    codes_made: 'Recorded {count} of {all} codes in the ledger…',
    codes_title: 'Recovery codes of {name}',
    codes_lead: 'Print them or write them down, and keep them where you keep papers. Use them from the top.',
    codes_how: 'To use one, open {page}.',
    codes_kept: 'I have kept them',
    codes_done: 'New recovery codes were recorded.',
    print: 'Print',
    operators_help: 'Help by operators',
    allowed: 'allowed',
    not_allowed: 'not allowed',
    allow_operators: 'Allow',
    allow_operators_lead:
        'Enough operators together could then replace your ways to sign in. You would see it here for at ' +
        'least three days, and could stop it.',
    forbid_operators: 'Forbid',
    operators_allowed: 'Operators may help from now on.',
    operators_forbidden: 'Operators may no longer help.',
    help: 'Somebody asks the operators to recover this account',
    help_request: 'Request {number}',
    help_proposal: 'An operator proposed to replace everything by: {what}',
    help_next: 'Nothing is replaced yet. If that was not you, let the operators help no more: that ends it.',
    forbid_operators_now: 'Forbid it now',
    news: 'Since your last sign-in in this browser',
    news_next:
        'If you did not do that, look at your ways to sign in, remove what is not yours, and sign out ' +
        'everywhere.',
    pending: 'Somebody is recovering this account',
    pending_by_code:
        'A recovery code was used. From {time} on everything that opens the account is replaced by: ' +
        '{what}. If that was not you, stop it now.',
    pending_by_operators:
        'The operators began it. From {time} on everything that opens the account is replaced by: {what}. ' +
        'If you did not ask for that, stop it now.',
    pending_no_cancel: 'None of your ways to sign in may stop it: the code is older than they are.',
    cancel_recovery: 'Stop the recovery',
    recovery_cancelled: 'The recovery was stopped.',
    recover: 'Recover an account',
    recover_lead:
        'With a recovery code from your papers. Everything that opened the account before is replaced.',
    recover_new: 'Sign in from then on with',
    recover_refused: 'Username or code is wrong, or the code was used. Check both and try again.',
    recover_waiting:
        'The recovery of {name} has begun. From {time} on it can be finished here, in this browser. ' +
        'Until then whoever can still sign in sees it and can stop it.',
    recover_finish: 'Finish',
    recover_forget: 'Forget it',
    recovered: 'Your account is yours again. Sign in with what you just set up.',
    request_instead: 'No code? Ask the operators',
    code_instead: 'I have a recovery code',
    request_lead:
        'Operators can help where the account has allowed it. Whether it has is not told here: an operator ' +
        'sees your request if it has.',
    request_ask: 'Ask the operators',
    request_asked:
        'Your request for {name} waits for an operator until {time}. Tell an operator this number:',
    request_asked_next: 'Stay on the telephone, and leave this page open: it goes on by itself.',
    request_accepted:
        'An operator has accepted your request for {name}. Now choose how you sign in from then on.',
    request_make: 'Set it aside',
    request_made:
        'Your new way to sign in to {name} is set aside. Read this to the operator, who sees the same:',
    request_made_next:
        'If the operator sees something else, stop there. The operators decide now; this page goes on by ' +
        'itself, and you can come back to it in this browser.',
    request_over:
        'This request is over: nobody accepted it in time, or its recovery was stopped or replaced by ' +
        'another.',
    requests: 'Requests to recover an account',
    requests_lead:
        'Of people who have lost every way in. Make sure who it is before you accept: whoever knows a name ' +
        'can ask.',
    request_row: '{number} for {name}',
    request_state_asked: 'waits for you', request_state_accepted: 'chooses a new way to sign in',
    request_state_made: 'waits for your proposal', request_state_begun: 'begun',
    request_accept: 'Accept {number}',
    request_drop: 'Drop {number}',
    request_fingerprint: 'Fingerprint, as {name} reads it',
    request_fingerprint_hint: 'Sixteen letters and digits.',
    request_fingerprint_wrong:
        'This is not the one. Somebody else may have made this request: propose nothing.',
    request_propose: 'Propose the recovery',
    fingerprint: 'Fingerprint {what}',
    lost: 'Lost your way in?',
    code: 'Recovery code',
    code_hint: 'Nine groups of three, from the printed sheet.',
    code_wrong: 'This is no recovery code, or a letter is wrong. Compare it with the sheet.',
    admin: 'Operators',
    admin_lead: 'For those whom a node made an operator. Sign in with the passkey that was granted.',
    operator_of: 'Operator of {network}',
    operator_new: 'Make a passkey to become an operator',
    operator_new_lead:
        'Your device makes it. Then somebody who runs a node grants it with the command that appears here.',
    operator_make: 'Make the passkey',
    operator_lead: 'Operator {id} of node {node}, at block {height} of {time}.',
    nodes: 'Nodes',
    node_here: '(this one)',
    node_height: 'block {height}',
    node_lag: '{count} behind', node_level: 'up to date',
    node_cosigned: 'has cosigned it all', node_cosigning: 'has cosigned up to size {size}',
    node_evidence: '{what} (evidence/{file})',
    offence_two_histories: 'Signed two histories: remove it',
    offence_other_history: 'Signed a history that is not this one: ask who runs it',
    offence_two_votes: 'Signed two votes for one height: its key is in use twice, or it lies',
    node_operators: 'operators: {count}',
    node_key: 'key {kid} for {algorithm}',
    since: 'since {time}',
    until: 'until {time}',
    changes: 'Proposed changes',
    changes_lead: 'A change counts when operators of enough nodes ({count}) agree and its time has come.',
    change_times: 'Proposed {proposed}; possible from {from}, until {expires}.',
    votes: '{count} of {all}',
    approve: 'Agree',
    object: 'Withdraw',
    apply: 'Make it so',
    operator_refused: 'No operator signs in with this passkey.',
    none: 'None.',
    recoveries: 'Recoveries that wait',
    by_code: 'by a code',
    audit: 'What operators did',
    audit_lead: 'Read from the ledger: it cannot be left out or changed.',
    by_operator: 'by {id}',
    limits: 'Limits in force',
    limits_guesses_until_delay: 'wrong passwords before one has to wait',
    limits_guesses_until_closed: 'wrong passwords before the name is closed to passwords',
    limits_registrations_hourly_of_prefix: 'new accounts an hour from one network',
    limits_recoveries_hourly_of_prefix: 'recoveries an hour from one network',
    limits_recovery_requests: 'requests to recover an account at once',
    limits_recovery_requests_of_name: 'the same for one name',
    limits_listeners: 'listeners to new blocks',
    limits_listeners_of_prefix: 'listeners from one network',
    policy: 'What the network agreed on',
    policy_issuer: 'address of the service',
    policy_recovery_by_key: 'wait of a recovery by code',
    policy_recovery_by_operators: 'wait of a recovery by operators',
    policy_change: 'wait of a proposed change',
    no_wait: 'none',
    accounts: 'Accounts',
    account_search: 'Label or username',
    account_search_hint: 'A username is sent to this node, and nowhere else.',
    propose_suspend: 'Propose to suspend it',
    propose_restore: 'Propose to let it sign in again',
    status_active: 'active', status_suspended: 'suspended', status_erased: 'erased',
    done: 'Done.',
    act_suspend: 'Suspend an account', act_restore: 'Let an account sign in again',
    act_recover_account: 'Recover an account', act_add_node: 'Add a node', act_remove_node: 'Remove a node',
    act_rotate_node_key: 'Replace keys of a node', act_change_policy: 'Change the policy',
    act_change_log: 'Change the log', act_change_keyset: 'Change the password keys',
    act_grant_operator: 'Make somebody an operator', act_revoke_operator: 'Remove an operator',
    act_retire_key: 'Retire a signing key',
    did_propose_change: 'Proposed', did_approve_change: 'Agreed', did_object_change: 'Withdrew',
    did_apply_change: 'Made',
    signed_out: 'You are signed out.',
    ended_all: 'All sessions were ended. Sign in again.',
    erased: 'Your account was erased.',
    by_named: '{kind} “{name}”',
    by_kind: '{kind}',
    by_operators: 'the operators, by vote',
    see_proof: 'entry {index}',
    remove: 'Remove',
    remove_of: 'Remove {name}',
    remove_lead: 'Whoever has it can no longer sign in with it. Confirm with a way to sign in that you keep.',
    removed: '{name} was removed.',
    removed_own: 'It was removed, and your session with it: that is what had opened it. Sign in again.',
    ended: 'Sessions ended: {count}.',
    ended_but: 'Sessions ended: {count}. Not ended, since their server gave no answer: {left}.',
    end_all: 'Sign out everywhere',
    end_all_lead:
        'Ends every session, this one too, and records that in the ledger: no server can go on with one.',
    own_data: 'Your data',
    own_data_lead: 'Everything this server holds about you, as a file. Or the end of it all.',
    download: 'Download your data',
    downloaded: 'The file was made in this browser and is in your downloads.',
    erase: 'Erase account',
    erase_now: 'Erase for ever',
    erase_lead:
        'Your name, password record and sessions are destroyed, and nobody can bring them back. The ' +
        'entries in the ledger stay: they hold no name.',
    erase_type: 'Type {name} to confirm',
    erase_wrong: 'This is not your username.',
    checking: 'Checking the ledger…',
    newest: 'Newest entries',
    explorer_lead:
        'Every change of every account is an entry here. All entries hang in one tree, and its root is ' +
        'signed, so none can be changed or removed without being seen.',
    checkpoint_size:
        'Checked in this browser: the server’s signature over all {size} entries, and that they ' +
        'continue what you saw before.',
    checkpoint_signed:
        'Checked here: block {height}, signed by {by} of {of} organisations. All {size} entries continue ' +
        'what this browser saw before.',
    behind:
        'This node is {count} entries behind what this browser saw before. What it has is the same, and it ' +
        'catches up by itself. Until then the newest changes are missing here.',
    behind_unproved:
        'This node is {count} entries behind what this browser saw before, so the newest changes are ' +
        'missing here. It catches up by itself. This browser keeps what it showed, and checks that it is ' +
        'the same history as soon as a node answers that has all entries.',
    unproved: 'The server could not prove its newest entries just now. Load the page again in a moment.',
    checkpoint_root: 'Signed root',
    growth: 'How it grows',
    figure_entries: 'entries', figure_blocks: 'blocks', figure_accounts: 'accounts created',
    chart_alt: 'The ledger grew to {size} entries between {from} and {to}.',
    sign_ins: 'Sign-ins of each hour',
    sign_ins_alt:
        'Sign-ins of each hour since {since}: {total} in all, at most {most} in one hour, which began ' +
        '{busiest}.',
    sign_ins_few: 'Fewer than five in each hour so far.',
    sign_ins_hint:
        'Counted by this node since {since}, without names, and rounded down to fives: where few people ' +
        'sign in, nobody sees when.',
    search: 'Find',
    search_do: 'Find',
    search_hint: 'An entry’s number, an account’s label, or your own name when you are signed in.',
    search_none: 'The ledger holds no entry of this label.',
    search_no_entry: 'The ledger has no entry with this number.',
    search_other: 'Names are not in the ledger. You can look for your own, {name}.',
    search_signed_out: 'Names are not in the ledger. Sign in to look for your own.',
    search_failed: 'The search failed. Try again.',
    found: 'Entries of account {label}…',
    block_of: 'Block {height}',
    entries_of: 'Entries {from}–{to}',
    hash_of_both: 'hash of both',
    path_alt: 'A path of {count} steps from the entry up to the signed root.',
    path_words: 'The same in words',
    path_leaf: 'Entry {index} is hashed:',
    path_left: 'Put {what} ({hash}) in front of it and hash both:',
    path_right: 'Put {what} ({hash}) behind it and hash both:',
    forge: 'Pretend that somebody changed one bit of this entry',
    forgery_seen:
        'Every hash on the way came out different, and the root is not the signed one: the change is seen, ' +
        'whoever made it.',
    a_password: 'a password', a_passkey: 'a passkey', a_device_key: 'a device key',
    a_recovery_key: 'a recovery code', a_ssh_key: 'an SSH key',
    says_0: 'Block {height} closed at {time}. Entries in it: {count}. It names the block before it.',
    says_1: 'The ledger begins here: who runs it, which keys they hold, which rules count.',
    says_2:
        'Somebody created an account and signs in with {brought}. The ledger calls it {label}; the ' +
        'name behind that is not written anywhere here.',
    says_3: 'Account {label} got one more way to sign in: {brought}. One it had already signed for that.',
    says_4: 'Account {label} gave up one of its ways to sign in.',
    says_5: 'Account {label} has a new password. The old one stopped working here.',
    says_6: 'Account {label} ended all its sessions.',
    says_7: 'Account {label} was erased. What was known of its owner is gone; this line stays.',
    says_8: 'Account {label} allows the operators to help when everything else is lost.',
    says_9: 'Account {label} no longer allows the operators to help with recovery.',
    says_10: 'Somebody began to recover account {label}, to sign in with {brought} from then on.',
    says_11: 'The recovery of account {label} was finished. Everything that opened it before is void.',
    says_12: 'The recovery of account {label} was stopped by its owner.',
    says_18: 'An operator proposed a change of the network. It counts when enough others agree.',
    says_19: 'An operator agreed to a proposed change.',
    says_20: 'An operator withdrew the agreement to a proposed change.',
    says_21: 'Enough operators had agreed, and the change was made.',
    says_22: 'A node published the key by which its sign-in tokens can be checked from now on.',
    says_23: 'A node retired a key for sign-in tokens.',
    says_24: 'A node counted the sign-in tokens it gave out since the last count: {tokens}.',
    says_other: 'A change of the network.',
    entry_of: 'Entry {index}',
    entry_about: 'Every field',
    entry_path: 'How it is proved',
    entry_path_lead:
        'The entry is hashed, the result is hashed with its neighbour, and so on up, until one hash ' +
        'stands for the whole ledger: the root. The server signed that one. Filled dots were computed ' +
        'in this browser.',
    root_matches: 'This is the root that the checkpoint signs: the entry is in the ledger.',
    root_too_few:
        'This is the root of the checkpoint, which not enough organisations have signed yet: until they ' +
        'do, this is the word of this server alone.',
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
    kind_18: 'Change proposed', kind_19: 'Change approved', kind_20: 'Approval withdrawn',
    kind_21: 'Change made',
    kind_22: 'Signing key published', kind_23: 'Signing key retired', kind_24: 'Tokens counted',
    kind_3_of: '{what} added', kind_10_of: 'Recovery begun, for: {what}',
    kind_other: 'Change of the network ({kind})',
    field_height: 'height', field_time: 'time', field_first: 'first entry', field_count: 'entries',
    field_root: 'root of the log', field_directory: 'root of the accounts', field_network: 'network',
    field_label: 'account label', field_version: 'version', field_previous: 'entry before',
    field_block_before: 'block before', field_network_root: 'root of the network', field_until: 'valid until',
    field_credential: 'way to sign in', field_public_key: 'public key', field_signer: 'signed by',
    field_signature: 'signature', field_admissions: 'nodes that admitted it',
    field_bytes: 'bytes',
    field_leaf: 'leaf hash',
};

export type Message = keyof typeof en;
export const has_message = (name: string): name is Message => Object.hasOwn(en, name);

export function t(name: Message, values: Record<string, string | number> = {}): string {
    return en[name].replace(/\{(\w+)\}/g, (_, value: string) => String(values[value] ?? ''));
}
export const kind_text = (kind: number): string =>
    has_message(`kind_${kind}`) ? t(`kind_${kind}` as Message) : t('kind_other', { kind });

const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
export const time_text = (milliseconds: number): string => moment.format(milliseconds);

// In the largest unit of which it is a whole number.
const units = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000]] as const;
export function duration_text(milliseconds: number): string {
    const [unit, size] = units.find(([, length]) => milliseconds % length === 0) ?? units[3];
    if (milliseconds === 0) return t('no_wait');
    return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' })
        .format(milliseconds / size);
}
