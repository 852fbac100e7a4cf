using System.Reflection;

namespace EdgeBuild.Generators.Tests;

/// <summary>Outputs that are arrays, objects and numbers become records, lists and numbers.</summary>
[TestClass]
public sealed class NestedOutputTests
{
    private const string Order = """
        ---
        name: order
        inputs:
          - name: text
            kind: string
        outputs:
          - name: count
            kind: integer
          - name: share
            kind: float
          - name: lines
            kind: array
            items:
              kind: object
              properties:
                - name: article
                  kind: string
                  enumValues: [bolt, nut]
                - name: pieces
                  kind: integer
                  required: false
        ---
        user:
        {{text}}
        """;

    [TestMethod]
    public void Client_of_every_kind_of_output_compiles_without_a_warning()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/order.prompty", Order)).Load();
        Type result = app.GetType("TicketTriage.OrderResult", throwOnError: true)!;
        Assert.AreEqual(typeof(long), result.GetProperty("Count")!.PropertyType);
        Assert.AreEqual(typeof(double), result.GetProperty("Share")!.PropertyType);
        Type line = result.GetProperty("Lines")!.PropertyType.GetGenericArguments().Single();
        Assert.IsTrue(line.GetProperty("Article")!.PropertyType.IsEnum);
        Assert.AreEqual(typeof(long?), line.GetProperty("Pieces")!.PropertyType);
    }
}
