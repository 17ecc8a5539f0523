// The Copilot: the built-in bot of support cases. A bot like any other, but that every library has it under one id.
import type { EventDraft } from '../kernel/event.ts';
import { LIBRARY } from '../streams.ts';
import { botAuthored, COPILOT_ID } from './bots.ts';

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
