// The Sql contract over SQLite in memory: the driver that every domain test uses.
import { openMemory } from '#lib/worker/storage/sqlite.ts';
import { sqlContract } from './sql-contract.ts';

sqlContract('memory', openMemory);
