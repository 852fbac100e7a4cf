namespace EdgeBuild.Generators.Tests;

/// <summary>Prompt and lock files that the tests share.</summary>
internal static class PromptText
{
    public static string Triage { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "triage.prompty"));

    public const string Open = """
        ---
        name: sort
        inputs:
          - name: text
            kind: string
        outputs:
          - name: topic
            kind: string
        ---
        user:
        {{text}}
        """;

    public const string FreeText = """
        ---
        name: short-reply
        description: Writes a reply
        metadata:
          edge:
            freeText: [reply]
        inputs:
          - name: text
            kind: string
          - name: words
            kind: integer
            example: 20
          - name: warmth
            kind: float
          - name: formal
            kind: boolean
        outputs:
          - name: reply
            kind: string
        ---
        user:
        {{words}} {{warmth}} {{formal}}
        {{text}}
        """;

    public const string TriageLock = """
        {
          "contractVersion": 1,
          "models": {},
          "labels": {},
          "metrics": {
            "triage/category": { "accuracy": 0.913, "macroF1": 0.9, "rows": 300, "baseAccuracy": 0.24, "rowsHash": "00" },
            "triage/urgent": { "accuracy": 0.95, "macroF1": 0.9, "rows": 300, "baseAccuracy": 0.61, "rowsHash": "00" }
          }
        }
        """;

    public static string LockWithLabels(params string[] labels) =>
        $$"""{ "contractVersion": 1, "models": {}, "labels": { "sort/topic": [{{string.Join(", ", labels.Select(label => System.Text.Json.JsonSerializer.Serialize(label)))}}] }, "metrics": {} }""";
}
