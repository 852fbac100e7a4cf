using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EdgeBuild.Training;

/// <summary>A hash over everything that decides what a run computes, so that a checkpoint never continues another run.</summary>
internal static class RunFingerprint
{
    /// <summary>Computes the hash.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="start">The adapter at the start.</param>
    /// <param name="recipe">The settings.</param>
    /// <param name="training">The rows.</param>
    /// <param name="validation">The validation rows.</param>
    /// <param name="tokensPerPass">The tokens of a micro-batch, which decide in what order gradients are added.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(
        BaseModel model,
        LoraAdapter start,
        TrainingRecipe recipe,
        IReadOnlyList<TrainingExample> training,
        IReadOnlyList<TrainingExample> validation,
        int tokensPerPass)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // ToString of a record names all settings but prints a list by its type, hence the modules apart.
        string settings = $"{model.Configuration}|{model.ComputeType}|{recipe with { TargetModules = null }}|{start.Alpha:R}|{string.Join(',', start.TensorNames)}|{tokensPerPass}";
        hash.AppendData(Encoding.UTF8.GetBytes(settings));
        hash.AppendData(MemoryMarshal.AsBytes(start.ToArray().AsSpan()));
        foreach (TrainingExample example in training.Concat(validation))
        {
            Append([example.PromptTokens.Length, example.CompletionTokens.Length, example.CompletionWeights?.Length ?? -1, example.Labels?.Count ?? 0]);
            Append(example.PromptTokens);
            foreach (LabelTarget label in example.Labels ?? [])
            {
                Append([label.Head, label.CompletionToken, label.Label]);
            }

            Append(example.CompletionTokens);
            hash.AppendData(MemoryMarshal.AsBytes(example.CompletionWeights.AsSpan()));
        }

        Append([training.Count]);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(ReadOnlySpan<int> values) => hash.AppendData(MemoryMarshal.AsBytes(values));
    }
}
