// Puts FILE.gz and FILE.br beside each file of dist that gets a tenth smaller by it.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

for (const name of readdirSync('dist', { recursive: true })) {
    const path = join('dist', name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    const copies = {
        gz: gzipSync(bytes, { level: 9 }),
        br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    };
    for (const [ending, copy] of Object.entries(copies))
        if (copy.length < bytes.length * 0.9) writeFileSync(`${path}.${ending}`, copy);
}
