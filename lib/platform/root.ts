/** The program's own folder (with `prisma/`, `lib/policy/default.yaml`, `.next/`), wherever the command was typed. */
export const projectRoot = () => process.env.LICET_ROOT ?? process.cwd();
