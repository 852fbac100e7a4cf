using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Bases;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>
/// Places what the worker says about no line of a text file, a damaged base or a full disk, at the item of the project that asked for it. It
/// travels from task to task in the metadata of the planned model.
/// </summary>
/// <param name="modelFile">The project file that declares the model.</param>
/// <param name="modelPosition">Where it does.</param>
/// <param name="baseFile">The project file that declares the base.</param>
/// <param name="basePosition">Where it does; none for the embedded base.</param>
/// <param name="basePath">The file of the base.</param>
internal sealed class ModelOrigin(string modelFile, SourcePosition modelPosition, string baseFile, SourcePosition basePosition, string basePath)
{
    private const string ModelPlace = "ModelPlace";
    private const string BasePlace = "BasePlace";
    private const string BasePath = "BasePath";

    /// <summary>Finds the lines of a model, or adapter, and its base.</summary>
    public static ModelOrigin Of(ItemOrigin origin, (string Type, ITaskItem Item) model, ITaskItem? baseItem, string basePath)
    {
        (string modelFile, SourcePosition modelPosition) = origin.Find(model.Type, model.Item);
        (string baseFile, SourcePosition basePosition) = baseItem is null ? (modelFile, default) : origin.Find("EdgeBase", baseItem);
        return new ModelOrigin(modelFile, modelPosition, baseFile, basePosition, basePath);
    }

    /// <summary>The place of a base that is to be fetched; the worker names it by its Source.</summary>
    public static ModelOrigin OfBase(ItemOrigin origin, ITaskItem baseItem)
    {
        (string file, SourcePosition position) = origin.Find("EdgeBase", baseItem);
        return new ModelOrigin(file, position, file, position, baseItem.GetMetadata("Source"));
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public static ModelOrigin Read(ITaskItem item)
    {
        (string modelFile, SourcePosition modelPosition) = ReadPlace(item.GetMetadata(ModelPlace));
        (string baseFile, SourcePosition basePosition) = ReadPlace(item.GetMetadata(BasePlace));
        return new ModelOrigin(modelFile, modelPosition, baseFile, basePosition, item.GetMetadata(BasePath));
    }

    /// <summary>Writes all of it into an item.</summary>
    public void Write(ITaskItem item)
    {
        SetPath(item, ModelPlace, Place(modelFile, modelPosition));
        SetPath(item, BasePlace, Place(baseFile, basePosition));
        SetPath(item, BasePath, basePath);
    }

    /// <summary>Gives a diagnostic without a line one.</summary>
    public Diagnostic Complete(Diagnostic diagnostic)
    {
        if (diagnostic.Position.Line > 0)
        {
            return diagnostic;
        }

        bool isBase = diagnostic.Path.Length > 0 && string.Equals(diagnostic.Path, basePath, StringComparison.Ordinal) && basePosition.Line > 0;
        string message = diagnostic.Path.Length == 0 || BaseSource.IsRemote(diagnostic.Path) ? diagnostic.Message : $"{diagnostic.Path}: {diagnostic.Message}";
        return diagnostic with { Path = isBase ? baseFile : modelFile, Position = isBase ? basePosition : modelPosition, Message = message };
    }

    private static string Place(string file, SourcePosition position) =>
        string.Format(CultureInfo.InvariantCulture, "{0}|{1}|{2}", position.Line, position.Column, file);

    private static (string File, SourcePosition Position) ReadPlace(string text)
    {
        string[] parts = text.Split(['|'], 3);
        return parts.Length == 3
            ? (parts[2], new SourcePosition(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)))
            : (string.Empty, default);
    }

    private static void SetPath(ITaskItem item, string name, string value) => item.SetMetadata(name, PlannedArtifact.Escape(value));
}
