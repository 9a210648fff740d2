// A dialog in front of the page: the browser keeps the focus inside, and Escape closes it.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Asked { title: string; on_close: () => void; children: ComponentChildren }

export function Dialog({ title, on_close, children }: Asked) {
    const element = useRef<HTMLDialogElement>(null), id = useId();
    useEffect(() => element.current?.showModal(), []);
    return (
        <dialog ref={element} aria-labelledby={id} onClose={on_close}>
            <h2 id={id}>{title}</h2>
            {children}
        </dialog>
    );
}
