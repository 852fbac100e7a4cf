using EdgeBuild.Contracts;

namespace EdgeBuild.Training;

/// <summary>
/// Where the matrices of an adapter lie in one flat parameter: first every A, so that the A's of layers with a common input are one matrix, then
/// every B, transposed, which is the order in which both of its products run fastest.
/// </summary>
internal sealed class LoraLayout
{
    private readonly Dictionary<string, LoraSlot> _slots = new(StringComparer.Ordinal);

    /// <summary>Initializes a layout.</summary>
    /// <param name="configuration">The base model.</param>
    /// <param name="rankOf">The rank of a layer, or 0 for one that is not adapted.</param>
    public LoraLayout(ModelConfiguration configuration, Func<LinearPart, int> rankOf)
    {
        List<(LinearPart Part, int Rank)> adapted =
        [
            .. Enumerable.Range(0, configuration.LayerCount)
                .SelectMany(layer => ArchitectureDescription.Of(configuration).Groups(configuration, layer))
                .SelectMany(parts => parts)
                .Select(part => (part, rankOf(part)))
                .Where(pair => pair.Item2 > 0),
        ];
        LengthA = adapted.Sum(pair => (long)pair.Rank * pair.Part.InputLength);
        long firstA = 0;
        long firstB = LengthA;
        foreach ((LinearPart part, int rank) in adapted)
        {
            var slot = new LoraSlot(part, rank, firstA, firstB);
            _slots.Add(part.TensorName, slot);
            firstA += slot.LengthA;
            firstB += slot.LengthB;
        }

        Slots = [.. _slots.Values];
        Length = firstB;
    }

    /// <summary>Gets the adapted layers in the order of the model.</summary>
    public IReadOnlyList<LoraSlot> Slots { get; }

    /// <summary>Gets the number of values of all A's; B's begin there.</summary>
    public long LengthA { get; }

    /// <summary>Gets the number of all values.</summary>
    public long Length { get; }

    /// <summary>Makes a layout with one rank.</summary>
    /// <param name="configuration">The base model.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="targetModules">Hugging Face module names, or null for all.</param>
    /// <returns>The layout.</returns>
    /// <exception cref="EdgeBuildException">EDGE2003: a module name is unknown.</exception>
    public static LoraLayout Uniform(ModelConfiguration configuration, int rank, IReadOnlyList<string>? targetModules)
    {
        if (targetModules is not null)
        {
            string[] known = [.. ArchitectureDescription.Of(configuration).Groups(configuration, 0).SelectMany(parts => parts).Select(part => part.ModuleName)];
            if (targetModules.FirstOrDefault(module => !known.Contains(module)) is { } unknown)
            {
                throw new EdgeBuildException(
                    ErrorCodes.InvalidRecipe, $"The target module '{unknown}' does not exist in architecture '{configuration.Architecture}'. Use some of {string.Join(", ", known)}, or leave the setting out for all.");
            }
        }

        return new LoraLayout(configuration, part => targetModules?.Contains(part.ModuleName) == false ? 0 : rank);
    }

    /// <summary>Finds the place of a layer's matrices.</summary>
    /// <param name="tensorName">The layer's tensor.</param>
    /// <returns>The slot, or null when it is not adapted.</returns>
    public LoraSlot? Find(string tensorName) => _slots.GetValueOrDefault(tensorName);
}
