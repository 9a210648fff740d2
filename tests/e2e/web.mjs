// Drives every page in Debian's Chromium, by keyboard for each task, with axe-core on each page.
// Use: web.mjs SERVER_URL PICTURES_FOLDER PART, one of those below.
// Each part wants a server of its own: ten names an hour are all that one address may take.
// The environment names the program (BULLA_BINARY), the server's data directory (BULLA_DATA), and for
// by_operators the file by which its clock is moved (CLOCK_OFFSET).
import { care_for_account, go_to_issuer, without_javascript } from './web_account.mjs';
import { resist_attacks } from './web_attacks.mjs';
import { finality } from './web_finality.mjs';
import { refuse_lies } from './web_hostile.mjs';
import { look_at_ledger } from './web_ledger.mjs';
import { caught_up, fewer_nodes, late, network, operators_vote } from './web_network.mjs';
import { passkeys } from './web_passkeys.mjs';
import { operators, recovery, recovery_by_operators, waiting_recovery } from './web_recovery.mjs';
import { close_world, passed_count, picture_failure } from './web_world.mjs';

const parts = {
    sign_in: [
        care_for_account, go_to_issuer, without_javascript, look_at_ledger, refuse_lies, resist_attacks,
    ],
    passkeys: [passkeys],
    recovery: [recovery, operators],
    waiting: [waiting_recovery],
    network: [network],
    late: [late],
    caught_up: [caught_up],
    finality: [finality],
    operators_vote: [operators_vote],
    fewer_nodes: [fewer_nodes],
    by_operators: [recovery_by_operators],
};
for (const part of parts[process.argv[4]]) {
    await part().catch(async (fault) => {
        await picture_failure();
        throw fault;
    });
    console.log(`${part.name}: ${passed_count()} checks`);
}
await close_world();
console.log(`${passed_count()} checks of the pages`);
process.exit(); // a connection that somebody left open would hold the end up
