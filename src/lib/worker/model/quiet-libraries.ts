// Imported before anything that uses zod or the AI SDK: keeps both from probing eval and from writing to the console.
import { z } from 'zod';

// zod otherwise tries `new Function` once, which the worker's Content-Security-Policy reports as a violation
z.config({ jitless: true });
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
