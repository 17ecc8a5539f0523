// Tells a Chromium window whose storage vanishes with it, by what a file operation costs there.
import { openRoot, type WorkerFile } from './pool.ts';

const batches = 6;
const callsInBatch = 10;
// Chromium 156, worst of all runs on a loaded machine: 4 µs on disk; best of all runs in private windows: 172 µs
const slowCallMicroseconds = 40;

/**
 * Whether what is stored here seems to vanish with the window. In a private window Chromium keeps files in another
 * process, so even asking for a file's size is a message there and back; on disk it is one system call. Only when
 * *every* batch is slow is it called private, so that a busy machine raises no false alarm. Other browsers refuse
 * to open files in private windows at all, and answer false here. Takes under 1 ms on disk, about 20 ms otherwise.
 */
export const isPrivateWindow = async (folderName: string): Promise<boolean> => {
	// only Chromium has it; in Firefox an honest file is as slow as this
	if (!('userAgentData' in navigator)) return false;
	try {
		const folder = await (await openRoot()).getDirectoryHandle(folderName, { create: true });
		const file = (await folder.getFileHandle('room', { create: true })) as unknown as WorkerFile;
		const handle = await file.createSyncAccessHandle();
		try {
			for (let batch = 0; batch < batches; batch++) {
				const start = performance.now();
				for (let n = 0; n < callsInBatch; n++) handle.getSize();
				if (((performance.now() - start) * 1000) / callsInBatch < slowCallMicroseconds) return false;
			}
			return true;
		} finally {
			handle.close();
		}
	} catch {
		return false;
	}
};
