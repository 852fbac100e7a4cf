using System.Diagnostics.Tracing;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

using Microsoft.Extensions.AI;

namespace EdgeBuild.Runtime.Tests;

/// <summary>What ships in the app opens no connection and starts no process.</summary>
[TestClass]
[DoNotParallelize]
public sealed class IsolationTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void No_assembly_of_the_app_can_start_a_process_or_open_a_connection()
    {
        foreach (Type type in new[] { typeof(EdgePromptClient), typeof(LlamaModel), typeof(PromptDocument), typeof(ErrorCodes) })
        {
            using var file = new PEReader(File.OpenRead(type.Assembly.Location));
            MetadataReader metadata = file.GetMetadataReader();
            string[] types = [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(reference => metadata.GetString(reference.Namespace) + "." + metadata.GetString(reference.Name))];
            Assert.IsNotEmpty(types);
            string[] forbidden = [.. types.Where(name => name.StartsWith("System.Net", StringComparison.Ordinal) || name is "System.Diagnostics.Process" or "System.Diagnostics.ProcessStartInfo")];
            Assert.IsEmpty(forbidden, $"{type.Assembly.GetName().Name}: {string.Join(", ", forbidden)}");
        }
    }

    [TestMethod]
    public async Task Opening_and_calling_touches_no_network_and_starts_no_child()
    {
        using var network = new NetworkListener();
        using (EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2))
        using (EdgeChatClient chat = EdgeChatClient.Open(new EdgeClientOptions { ModelPath = TestModel.TinySmolLM2, Threads = 1 }))
        {
            await client.PredictAsync(["Where is my invoice?"], TestContext.CancellationToken);
            await chat.GetResponseAsync([new(ChatRole.User, "Hi")], new ChatOptions { MaxOutputTokens = 4 }, TestContext.CancellationToken);
            if (OperatingSystem.IsLinux())
            {
                string children = string.Concat(Directory.GetDirectories("/proc/self/task").Select(Children));
                Assert.AreEqual(string.Empty, children.Trim());
            }
        }

        Assert.IsEmpty(network.Events, string.Join(", ", network.Events));
    }

    private static string Children(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "children"));
        }
        catch (IOException)
        {
            // The thread has just ended.
            return string.Empty;
        }
    }

    private sealed class NetworkListener : EventListener
    {
        private readonly List<string> _events = [];

        public IReadOnlyList<string> Events
        {
            get
            {
                lock (_events)
                {
                    return [.. _events];
                }
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "System.Net.Http" or "System.Net.Sockets" or "System.Net.NameResolution" or "System.Net.Security")
            {
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName is "RequestStart" or "ConnectStart" or "ResolutionStart" or "HandshakeStart")
            {
                lock (_events)
                {
                    _events.Add($"{eventData.EventSource.Name} {eventData.EventName}");
                }
            }
        }
    }
}
