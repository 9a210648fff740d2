// What the server did that no honest server does. Shown as an alarm.
export type Alarm = 'wrong_server_key' | 'wrong_label' | 'weak_stretching' | 'wrong_network' |
    'replayed_challenge' | 'wrong_account_id';
export class Hostile extends Error {
    constructor(readonly alarm: Alarm) {
        super(alarm);
    }
}
