// tuf-js (npm), unchanged, asked by the test as python_tuf.py beside this file is.
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { Updater } = require('tuf-js');

const tried = async ({ url, root, memory, target }) => {
  const downloads = path.join(memory, 'downloads');
  fs.mkdirSync(downloads, { recursive: true });
  const trusted = path.join(memory, 'root.json');
  if (!fs.existsSync(trusted)) fs.copyFileSync(root, trusted);
  try {
    const updater = new Updater({
      metadataDir: memory,
      metadataBaseUrl: `${url}/metadata/`,
      targetDir: downloads,
      targetBaseUrl: `${url}/targets/`,
    });
    await updater.refresh();
    const info = await updater.getTargetInfo(target);
    if (info === undefined) return 'NotListed';
    await updater.downloadTarget(info);
    return null;
  } catch (error) {
    process.stderr.write(`${error}\n`);
    return error.constructor.name;
  }
};

const main = async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify({ refused: await tried(JSON.parse(line)) })}\n`);
  }
};
main();
