// What a step can have come to, in the order it is offered in.
import type { Commands } from '#lib/domain/vocabulary.ts';

type Outcome = NonNullable<Commands['record_step']['input']['outcome']>;

export const OUTCOMES: readonly Outcome[] = ['worked', 'partly', 'no_effect', 'made_worse', 'unknown'];
