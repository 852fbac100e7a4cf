using System.Text.Json;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using StreamJsonRpc;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer;

/// <summary>What can be done with a model from a prompt file: train it, ask it, open its report.</summary>
/// <param name="files">The open files.</param>
/// <param name="host">Asks models.</param>
/// <param name="editor">The editor.</param>
internal sealed class ModelRequests(EditorFiles files, ModelHostProcess host, EditorConnection editor)
{
    [JsonRpcMethod("textDocument/codeLens")]
    public IReadOnlyList<CodeLens> CodeLens(TextDocumentParams parameters)
    {
        if (files.Prompt(parameters.TextDocument) is not { Project: { } project } file || project.PlansOfPrompt(file.Path).FirstOrDefault().Plan is not { } plan)
        {
            return [];
        }

        Range range = file.Name is { } name ? Range.From(name.Position) : default;
        object[] arguments = [parameters.TextDocument.Uri];
        CodeLens Lens(string title, string command) => new(range, new EditorCommand(title, command, arguments));
        return files.Models.Read(plan) is null
            ? [Lens("Train", ModelCommands.Train)]
            : [Lens("Train", ModelCommands.Train), Lens("Ask", ModelCommands.Ask), Lens("Open report", ModelCommands.OpenReport)];
    }

    [JsonRpcMethod("workspace/executeCommand")]
    public Task<object?> ExecuteCommandAsync(ExecuteCommandParams parameters, CancellationToken cancellationToken)
    {
        string? uri = parameters.Arguments is [{ ValueKind: JsonValueKind.String } first, ..] ? first.GetString() : null;
        if (uri is null || files.Prompt(new TextDocumentIdentifier(uri)) is not { } file)
        {
            throw Refused("Open the prompt file first: the command's argument is its URI.");
        }

        return parameters.Command switch
        {
            ModelCommands.Train => TrainAsync(file, parameters.WorkDoneToken, cancellationToken),
            ModelCommands.Ask => AskAndShowAsync(file, parameters.Arguments is [_, { ValueKind: JsonValueKind.Number } row, ..] ? row.GetInt32() : 0, cancellationToken),
            ModelCommands.OpenReport => OpenReportAsync(file),
            _ => throw Refused($"There is no command '{parameters.Command}'. Commands: {string.Join(", ", ModelCommands.All)}."),
        };
    }

    /// <summary>Asks the model and its base with the values of a row or with others; answers come as partial results while they are made.</summary>
    [JsonRpcMethod("edgebuild/ask")]
    public async Task<AskedPrompt?> AskAsync(AskParams parameters, CancellationToken cancellationToken)
    {
        if (files.Prompt(parameters.TextDocument) is not { } file)
        {
            return null;
        }

        var question = PromptQuestion.From(file, parameters.Row ?? 0, parameters.Inputs, parameters.Base ?? true);
        if (question.Problem is not null)
        {
            return question.WithAnswers([]);
        }

        void OnPart(AnswerPart part)
        {
            if (parameters.PartialResultToken is { } token)
            {
                _ = editor.NotifyAsync("$/progress", new { token, value = part });
            }
        }

        WorkProgress progress = await editor.BeginAsync(parameters.WorkDoneToken, $"Asking {question.Plan!.Name}", cancellationToken).ConfigureAwait(false);
        try
        {
            return question.WithAnswers(await host.AskAsync(question.Plan.CacheDirectory, question.Create, OnPart, progress.CancellationToken).ConfigureAwait(false));
        }
        catch (RemoteInvocationException exception)
        {
            return question.WithProblem(exception.Message);
        }
        catch (Exception exception) when (exception is ConnectionLostException or System.ComponentModel.Win32Exception)
        {
            return question.WithProblem($"The process that asks models has ended or cannot be started: {exception.Message}");
        }
        finally
        {
            await progress.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The user ends work whose progress is shown.</summary>
    [JsonRpcMethod("window/workDoneProgress/cancel")]
    public void CancelWork(WorkDoneCancelParams parameters) => editor.Cancel(parameters.Token);

    private static LocalRpcException Refused(string message) => new(message) { ErrorCode = FileRequests.RequestFailed };

    private async Task<object?> AskAndShowAsync(PromptFile file, int row, CancellationToken cancellationToken)
    {
        AskedPrompt? asked = await AskAsync(new AskParams(new TextDocumentIdentifier(file.Document.Uri), row, null, null, null, null), cancellationToken).ConfigureAwait(false);
        await (asked is { Problem: { } problem } ? editor.ShowErrorAsync(problem) : editor.ShowAsync(asked?.Describe() ?? string.Empty)).ConfigureAwait(false);
        return asked;
    }

    private async Task<object?> OpenReportAsync(PromptFile file)
    {
        string? report = file.Project?.PlansOfPrompt(file.Path).Select(entry => files.Models.Read(entry.Plan)?.ReportPath).FirstOrDefault(path => path is not null);
        if (report is null || !File.Exists(report))
        {
            throw Refused("There is no report yet. Build the project first.");
        }

        string uri = Documents.DocumentUri.From(report);
        await editor.OpenExternallyAsync(uri).ConfigureAwait(false);
        return uri;
    }

    private async Task<object?> TrainAsync(PromptFile file, JsonElement? token, CancellationToken cancellationToken)
    {
        if (file.Project is not { } project)
        {
            throw Refused("The prompt belongs to no project, so that there is nothing to build.");
        }

        WorkProgress progress = await editor.BeginAsync(token, $"Building {Path.GetFileNameWithoutExtension(project.ProjectFile)}", cancellationToken).ConfigureAwait(false);
        try
        {
            var build = new ProjectBuild(project.ProjectFile, line => _ = progress.ReportAsync(line));
            (int exitCode, string? error) = await build.RunAsync(progress.CancellationToken).ConfigureAwait(false);
            await (exitCode == 0
                ? editor.ShowAsync($"{Path.GetFileName(project.ProjectFile)} is built.")
                : editor.ShowErrorAsync(error ?? $"The build of {Path.GetFileName(project.ProjectFile)} has failed.")).ConfigureAwait(false);
            return exitCode;
        }
        finally
        {
            await progress.DisposeAsync().ConfigureAwait(false);
        }
    }
}
