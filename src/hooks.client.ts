// Runs before the app starts: a sign-in's code leaves the address before anything could keep or send it, and then the
// library begins to open.
import { noteReturn } from './routes/settings/came-back.ts';
import { connected } from './routes/ui/connected.ts';

noteReturn();
connected();
