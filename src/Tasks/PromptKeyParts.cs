namespace EdgeBuild.Tasks;

/// <summary>What one prompt adds to an adapter key.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hash">The hash over its text and labels.</param>
/// <param name="HasTestRows">Whether it has test rows of its own.</param>
/// <param name="Rows">Its training and validation rows; see <see cref="ModelKeys.RowText"/>.</param>
internal sealed record PromptKeyParts(string Name, string Hash, bool HasTestRows, IEnumerable<string> Rows);
