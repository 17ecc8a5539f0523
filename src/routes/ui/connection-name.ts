// What a connection is called on every screen.
import type { ConnectionSummary } from '#lib/worker/protocol.ts';
import { words } from '../words/words.ts';
import { plainName } from './plain.ts';

/** The name a person gave it, or what is built in in the language of the interface. Empty while none is known. */
export const connectionName = (
	connection: Pick<ConnectionSummary, 'provider' | 'label'> | null | undefined
): string =>
	connection?.provider === 'demo'
		? words.settings.demoLabel
		: connection?.provider === 'on-device'
			? words.models.onDeviceLabel
			: plainName(connection?.label ?? '');
