// What every way of signing in ends with. The token is in a cookie, and in the answer only where it is asked
// for there.
export interface LoginDone { access_token?: string; username: string; session_id: string }
export interface Signed { username: string; session_id: string }
export const signed_of = ({ username, session_id }: LoginDone): Signed => ({ username, session_id });
