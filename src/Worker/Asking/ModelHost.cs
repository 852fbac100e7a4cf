using System.Text;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Pipeline;
using StreamJsonRpc;

namespace EdgeBuild.Worker.Asking;

/// <summary>Answers the language server: counts tokens, asks models. What it has opened stays open for the next question.</summary>
/// <param name="send">Sends a part of an answer, and waits until it was taken: no part comes after the whole.</param>
internal sealed class ModelHost(Func<AnswerPart, Task> send) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private (string Key, AskedModel Model)? _asked;
    private (string Path, LlamaModel Model)? _vocabulary;

    /// <summary>Counts the tokens of texts.</summary>
    /// <returns>A number for each.</returns>
    [JsonRpcMethod(ModelHostMethods.CountTokens, UseSingleObjectParameterDeserialization = true)]
    public async Task<int[]> CountTokensAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_vocabulary?.Path != request.BasePath)
            {
                _vocabulary?.Model.Dispose();
                _vocabulary = null;
                _vocabulary = (request.BasePath, LlamaModel.Load(request.BasePath, new LlamaModelOptions { VocabularyOnly = true }, cancellationToken));
            }

            LlamaVocabulary vocabulary = _vocabulary.Value.Model.Vocabulary;
            return [.. request.Texts.Select(text => vocabulary.Tokenize(text.Text, addSpecial: false, parseSpecial: text.IsControl).Length)];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks a model, and its base beside it. Every answer is sent as soon as it is there.</summary>
    /// <returns>All answers.</returns>
    [JsonRpcMethod(ModelHostMethods.Ask, UseSingleObjectParameterDeserialization = true)]
    public async Task<ModelAnswer[]> AskAsync(ModelQuestion question, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            AskedModel asked = await Task.Run(() => Open(question), cancellationToken);
            string? note = asked.IsChanged ? "The prompt has changed since the model was built: the answer of the old training to the new words." : null;
            var answers = new List<ModelAnswer> { await AnswerAsync(question, asked, asked.Tuned, "tuned", note, cancellationToken) };
            if (asked.Untuned is { } untuned)
            {
                answers.Add(await AnswerAsync(question, asked, untuned, "base", null, cancellationToken));
            }

            return [.. answers];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _asked?.Model.Dispose();
        _vocabulary?.Model.Dispose();
        _turn.Dispose();
    }

    private AskedModel Open(ModelQuestion question)
    {
        TrainingPlan planned = TrainingPlan.Parse(question.Plan);
        TrainingPlan plan = BuiltModels.Find(planned)
            ?? throw BuiltModel.NotBuilt($"The model '{planned.Name}' is not built yet.");
        var built = new BuiltModel(plan);
        string key = string.Join('\n', plan.CacheDirectory, plan.ModelKey, question.Prompt, question.WithBase, question.Source);
        if (_asked is { } open && open.Key == key)
        {
            return open.Model;
        }

        _asked?.Model.Dispose();
        _asked = null;
        ChatFormat format = built.LoadChatFormat();
        TrainedPrompt prompt = TrainedPrompt.Parse(plan.Prompts.First(candidate => candidate.Name == question.Prompt), question.Source, format);
        AskedModel model = AskedModel.Open(built, prompt, question.WithBase, allowChanged: true);
        _asked = (key, model);
        return model;
    }

    private async Task<ModelAnswer> AnswerAsync(ModelQuestion question, AskedModel asked, EdgePromptClient client, string who, string? note, CancellationToken cancellationToken)
    {
        ModelAnswer answer;
        if (asked.Prompt.Document.Outputs is [{ IsFreeText: true, Kind: PromptValueKind.String, Required: true } only])
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            var text = new StringBuilder();
            await foreach (string piece in asked.StreamAsync(client, question.Inputs, cancellationToken))
            {
                text.Append(piece);
                await send(new AnswerPart(question.Id, who, piece, null));
            }

            answer = new ModelAnswer(who, [new AnsweredOutput(only.Name, text.ToString(), null, [])], System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, note);
        }
        else
        {
            EdgePrediction prediction = await asked.PredictAsync(client, question.Inputs, cancellationToken);
            answer = new ModelAnswer(
                who,
                [.. prediction.Fields.Select(field => new AnsweredOutput(
                    field.Name, field.Text, field.Confidence, [.. field.Probabilities.Select(label => new LabelShare(label.Label, label.Probability))]))],
                prediction.Elapsed.TotalMilliseconds,
                prediction.PromptTokens,
                prediction.InputTruncated ? string.Join(' ', note, "An input was longer than the prompt allows; its end was not read.").Trim() : note);
        }

        await send(new AnswerPart(question.Id, who, null, answer));
        return answer;
    }
}
