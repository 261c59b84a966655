// SPDX-License-Identifier: GPL-3.0-or-later
// A Flamenco job type: one task for each set of maps of `blender --command nifty batch … --plan`.

const JOB_TYPE = {
    label: "NIFTY Textures",
    settings: [
        {
            key: "plan_file",
            type: "string",
            subtype: "file_path",
            required: true,
            visible: "submission",
            description: "What `blender --command nifty batch … --plan` printed",
        },
        {
            key: "plan",
            type: "string",
            required: true,
            visible: "hidden",
            // The Manager reads no files: Blender does, when the job is submitted.
            eval: "abspath(settings.plan_file).read_text(encoding='utf-8')",
            description: "The commands, one a line",
        },
    ],
};

function compileJob(job) {
    // Blender may have printed warnings among the commands.
    const lines = job.settings.plan.split(/\r?\n/).filter((line) => line.startsWith("blender "));
    if (lines.length === 0) {
        throw new Error("The plan holds no commands: it is what `nifty batch … --plan` prints.");
    }
    for (const line of lines) {
        const args = wordsOf(line).slice(1);
        const task = author.Task(nameOf(args), "blender");
        task.addCommand(author.Command("exec", { exe: "{blender}", args: args }));
        job.addTask(task);
    }
}

// The words of a line that is quoted for a POSIX shell, without escapes or variables.
function wordsOf(line) {
    const words = line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g);
    return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, one, two) => one || two || ""));
}

// That of the first map's file, which comes right after --maps, with its role.
function nameOf(args) {
    return args[args.indexOf("--maps") + 1].split(/[=\\/]/).pop();
}
