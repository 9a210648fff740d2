// How strong a new password is (NIST SP 800-63B-4 §3.1.1): long enough, not in common use, no rule about
// kinds of characters. The list and the estimate are zxcvbn's, fetched when somebody chooses a password.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

const meter = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
const common = new Set(dictionary['passwords-common']);

export const estimate = (password: string, username: string): 0 | 1 | 2 | 3 | 4 =>
    meter.check(password.slice(0, 100), [username, 'bulla']).score;

export const is_common = (password: string): boolean => common.has(password.toLowerCase());
