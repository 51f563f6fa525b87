import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../orchestration/project-root.ts';

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user does and gives what it answered; `echo` shows its progress meanwhile. */
export function tenure(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; echo?: boolean } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(projectRoot, 'orchestration', 'cli', 'program.ts'), ...args],
      {
        cwd: options.cwd ?? projectRoot,
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
      if (options.echo) process.stderr.write(data);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a verb that must succeed and gives its JSON answer. */
export async function answer<T>(args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await tenure([...args, '--json']);
  if (code !== 0 && code !== 3) throw new Error(`tenure ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}
