using System.Globalization;
using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes how answers become typed values: by plain code, since the serializer's generator cannot see generated types.</summary>
internal static class ReadingWriter
{
    private const string Element = Names.Json + "JsonElement";

    /// <summary>The value of an output.</summary>
    /// <param name="field">The output.</param>
    /// <param name="prediction">The expression of its prediction.</param>
    public static string FromPrediction(PropertyModel field, string prediction)
    {
        string value = FromText(field, prediction + ".Text");
        return field.IsOptional ? $"{prediction}.IsMissing ? null : {value}" : value;
    }

    private static string FromText(PropertyModel field, string text) => field.Type.Form switch
    {
        ValueForm.Text => text,
        ValueForm.Integer => $"long.Parse({text}, global::System.Globalization.NumberStyles.AllowLeadingSign, {Names.Invariant})",
        ValueForm.Number => $"double.Parse({text}, global::System.Globalization.NumberStyles.Float, {Names.Invariant})",
        ValueForm.Boolean => $"{text} == \"true\"",
        ValueForm.Label => $"{ClientNames.LabelsOf(field.Type.Name)}.FromLabel({text})",
        _ => $"{field.Property}FromJson({text})",
    };

    /// <summary>Writes the methods that read JSON; nothing when every output is a single value.</summary>
    public static void Write(CodeWriter code, ClientModel client)
    {
        PropertyModel[] structured = [.. client.Outputs.Select(output => output.Field).Where(field => field.Type.IsStructured)];
        foreach (PropertyModel field in structured)
        {
            code.Line()
                .Line($"private static {field.Type.Name} {field.Property}FromJson(string text)")
                .Open()
                .Line($"using var document = {Names.Json}JsonDocument.Parse(text);")
                .Line($"return {FromJson(field.Type, "document.RootElement", 1)};")
                .Close();
        }

        foreach (RecordModel record in client.Records)
        {
            code.Line()
                .Line($"private static {record.Name} {record.Name}FromJson({Element} json) =>")
                .Indent();
            WriteNew(code, record, "json", ";");
            code.Outdent();
        }

        if (client.Tools.Count > 0)
        {
            WriteCall(code, client);
        }

        WriteSharedMethods(code, client);
    }

    private static void WriteCall(CodeWriter code, ClientModel client)
    {
        code.Line()
            .Line($"private static {client.Names.Call} {client.Names.Call}FromJson({Element} json)")
            .Open()
            .Line($"{Element} arguments = json.GetProperty(\"arguments\");")
            .Line("return json.GetProperty(\"name\").GetString() switch")
            .Open();
        foreach (ToolModel tool in client.Tools)
        {
            code.Line($"{CodeText.Literal(tool.Name)} =>").Indent();
            WriteNew(code, tool.Call, "arguments", ",");
            code.Outdent();
        }

        code.Line($"var other => throw new {Names.Json}JsonException($\"There is no function '{{other}}'.\"),").Close(";").Close();
    }

    private static void WriteNew(CodeWriter code, RecordModel record, string json, string end)
    {
        if (record.Properties.Count == 0)
        {
            code.Line($"new {record.Name}(){end}");
            return;
        }

        code.Line($"new {record.Name}(").Indent();
        for (int index = 0; index < record.Properties.Count; index++)
        {
            code.Line(Property(record.Properties[index], json, index) + (index + 1 < record.Properties.Count ? "," : ")" + end));
        }

        code.Outdent();
    }

    private static string Property(PropertyModel property, string json, int index)
    {
        string name = CodeText.Literal(property.Name);
        if (!property.IsOptional)
        {
            return FromJson(property.Type, $"{json}.GetProperty({name})", 1);
        }

        string variable = "value" + index.ToString(CultureInfo.InvariantCulture);
        return $"PropertyFromJson({json}, {name}) is {{ }} {variable} ? {FromJson(property.Type, variable, 1)} : null";
    }

    private static string FromJson(TypeModel type, string json, int depth) => type.Form switch
    {
        ValueForm.Text => json + ".GetString()!",
        ValueForm.Integer => json + ".GetInt64()",
        ValueForm.Number => json + ".GetDouble()",
        ValueForm.Boolean => json + ".GetBoolean()",
        ValueForm.Label => $"{ClientNames.LabelsOf(type.Name)}.FromLabel({json}.GetString()!)",
        ValueForm.List => $"ListFromJson({json}, static item{depth} => {FromJson(type.Item!, $"item{depth}", depth + 1)})",
        _ => $"{type.Name}FromJson({json})",
    };

    private static void WriteSharedMethods(CodeWriter code, ClientModel client)
    {
        PropertyModel[] all =
        [
            .. client.Outputs.Select(output => output.Field),
            .. client.Records.SelectMany(record => record.Properties),
            .. client.Tools.SelectMany(tool => tool.Call.Properties),
        ];
        if (all.Any(property => property.Type.Form == ValueForm.List))
        {
            code.Line()
                .Declaration($"private static global::System.Collections.ObjectModel.ReadOnlyCollection<T> ListFromJson<T>({Element} json, global::System.Func<{Element}, T> read)")
                .Open()
                .Line("var items = new T[json.GetArrayLength()];")
                .Line("int index = 0;")
                .Line($"foreach ({Element} item in json.EnumerateArray())")
                .Open()
                .Line("items[index++] = read(item);")
                .Close()
                .Line()
                .Line("return global::System.Array.AsReadOnly(items);")
                .Close();
        }

        if (client.Records.Concat(client.Tools.Select(tool => tool.Call)).Any(record => record.Properties.Any(property => property.IsOptional)))
        {
            code.Line()
                .Line($"private static {Element}? PropertyFromJson({Element} json, string name) =>")
                .Indent()
                .Line($"json.TryGetProperty(name, out {Element} value) && value.ValueKind != {Names.Json}JsonValueKind.Null ? value : null;")
                .Outdent();
        }
    }
}
