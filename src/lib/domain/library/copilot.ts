// The Copilot: the built-in bot of support cases. A bot like any other, but for its id, which every library shares.
import { botAuthored } from './bots.ts';
import { LIBRARY } from '../streams.ts';
import type { EventDraft } from '../kernel/event.ts';

/** The same everywhere, so that cases of two libraries have one Copilot when they meet. */
export const COPILOT_ID = 'c0b11070-0000-4000-8000-000000000001';

export const COPILOT_NAME = 'Copilot';

/** How the Copilot begins; whoever wants it otherwise edits it as any bot. */
export const copilotAuthored = (): EventDraft =>
	botAuthored({
		stream: LIBRARY,
		payload: {
			botId: COPILOT_ID,
			name: COPILOT_NAME,
			tagline: 'Works support cases with you',
			description:
				'A calm, exact support engineer. Asks for what is missing before guessing, proposes one step at a time and says what it should show, and says plainly when it does not know.',
			scenario: '',
			greeting: '',
			examples: '',
			avatar: null
		}
	});
