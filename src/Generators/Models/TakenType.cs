namespace EdgeBuild.Generators.Models;

/// <summary>A type that two prompt files would give.</summary>
/// <param name="Path">The file that comes too late.</param>
/// <param name="Type">The full name of the type.</param>
/// <param name="OwnerFile">The name of the file that has it.</param>
internal sealed record TakenType(string Path, string Type, string OwnerFile)
{
    /// <summary>Finds the clients that have a type in common with one before them, in the order of their paths.</summary>
    public static EquatableArray<TakenType> Find(IEnumerable<ClientTypes> clients)
    {
        // Names of generated files differ by more than case, so types of different clients must, too.
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var result = new List<TakenType>();
        foreach (ClientTypes client in clients.OrderBy(client => client.Path, StringComparer.Ordinal))
        {
            if (client.Types.FirstOrDefault(owners.ContainsKey) is { } taken)
            {
                result.Add(new TakenType(client.Path, taken, owners[taken]));
                continue;
            }

            foreach (string type in client.Types)
            {
                owners[type] = System.IO.Path.GetFileName(client.Path);
            }
        }

        return new(result);
    }
}
