// What every way of signing in ends with.
export interface LoginDone { access_token: string; username: string; session_id: string }
export interface Signed { token: string; username: string; session_id: string }
export const signed_of = (done: LoginDone): Signed =>
    ({ token: done.access_token, username: done.username, session_id: done.session_id });
