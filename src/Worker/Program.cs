using System.CommandLine;
using EdgeBuild.Worker;
using EdgeBuild.Worker.Verbs;

var root = new RootCommand("EdgeBuild: fine-tunes small language models as a build step and ships them as GGUF.");
root.Subcommands.Add(TrainVerb.Create());
root.Subcommands.Add(FetchVerb.Create());
root.Subcommands.Add(CacheVerb.Create());
root.Subcommands.Add(PushVerb.Create());
root.Subcommands.Add(PullVerb.Create());
root.Subcommands.Add(InspectVerb.Create());
root.Subcommands.Add(PromptVerb.Create());
root.Subcommands.Add(LintVerb.Create());
root.Subcommands.Add(FormatVerb.Create());
root.Subcommands.Add(LspVerb.Create());
root.Subcommands.Add(WatchVerb.Create());
root.Subcommands.Add(BasesVerb.Create());
root.Subcommands.Add(ReportVerb.Create());
root.Subcommands.Add(ExportVerb.Create());
root.Subcommands.Add(VerifyVerb.Create());
root.Subcommands.Add(DiffVerb.Create());
root.Subcommands.Add(AskVerb.Create());
root.Subcommands.Add(AddVerb.Create());
root.Subcommands.Add(ModelHostVerb.Create());

// Ctrl+C and SIGTERM cancel; the verbs then have the time that a build waits for them before it ends the process.
var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(1.5) };
return await Failure.ReportAsync(() => root.Parse(args).InvokeAsync(configuration));
