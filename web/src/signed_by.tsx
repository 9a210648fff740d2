// Who signed the checkpoint under which a page shows what it shows, in words.
import { is_final, type Shown } from './finality';
import { t } from './messages';

// Whether an entry stands under a checkpoint that counts.
export const counts = (signed: Shown | undefined, index: number): boolean =>
    signed !== undefined && index < signed.final_to;

// good: what to say of a checkpoint that counts, by one node alone or by several.
interface Asked { signed: Shown | undefined; good: (signed: Shown) => string }
export function SignedBy({ signed, good }: Asked) {
    if (!signed) return <p class="note calm" role="status">{t('checking')}</p>;
    const { finality, is_waiting } = signed;
    if (finality.kind === 'alone' || is_final(finality))
        return <p class="note good" role="status">{good(signed)}</p>;
    const { height, by, of, needed } = finality;
    return <p class="note calm" role="status">
        {t(is_waiting ? 'signed_so_far' : 'signed_too_few', { height, by, of, needed })}</p>;
}
