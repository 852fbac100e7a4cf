using EdgeBuild.Runtime.Hosting;

using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeBuild.Runtime;

/// <summary>Clients as services.</summary>
public static class EdgeServiceCollectionExtensions
{
    private const string LogCategory = "EdgeBuild.Runtime";

    /// <summary>
    /// Has the models of all clients opened and warmed up when the app starts, and sets options that all of them share. The clients themselves are
    /// added by the methods that are generated for them.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options of all clients; those of one client come later.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddEdgeBuild(this IServiceCollection services, Action<EdgeClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (configure is not null)
        {
            services.ConfigureAll(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EdgeWarmUp>());
        return services;
    }

    /// <summary>
    /// Adds a client as a singleton under its interface, and an <see cref="EdgeClientSwitch{TClient}"/> that exchanges its model. Generated methods
    /// such as <c>AddTriage</c> call it.
    /// </summary>
    /// <typeparam name="TService">The interface.</typeparam>
    /// <typeparam name="TClient">The client; under its own type it is that of the time when it is asked for first.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="definition">The prompt of the client.</param>
    /// <param name="create">Opens the client.</param>
    /// <param name="configure">Sets its options, with the services at hand.</param>
    /// <param name="follow">Makes the service, which sends each call to the switch; null for the client itself, which no exchange reaches.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddEdgeClient<TService, TClient>(
        this IServiceCollection services,
        PromptDefinition definition,
        Func<EdgeClientOptions, TClient> create,
        Action<IServiceProvider, EdgeClientOptions>? configure = null,
        Func<EdgeClientSwitch<TClient>, TService>? follow = null)
        where TService : class
        where TClient : class, TService, IEdgeClient
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(create);
        string name = typeof(TClient).Name;
        AddOptions(services, name, configure);
        services.TryAddSingleton(provider => new EdgeClientSwitch<TClient>(create(Options(provider, name))));
        services.TryAddSingleton(provider => provider.GetRequiredService<EdgeClientSwitch<TClient>>().Current);
        services.TryAddSingleton<TService>(provider => follow is null
            ? provider.GetRequiredService<TClient>()
            : follow(provider.GetRequiredService<EdgeClientSwitch<TClient>>()));
        Register<EdgeClientSwitch<TClient>>(services, name, definition.Name);
        return services;
    }

    /// <summary>Adds an <see cref="EdgeChatClient"/> as <see cref="IChatClient"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets its options; <see cref="EdgeClientOptions.ModelPath"/> is required.</param>
    /// <param name="contextLength">The number of tokens that conversation and answer have together.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddEdgeChatClient(
        this IServiceCollection services, Action<IServiceProvider, EdgeClientOptions> configure, int contextLength = 2048)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        AddOptions(services, nameof(EdgeChatClient), configure);
        services.TryAddSingleton(provider => EdgeChatClient.Open(Options(provider, nameof(EdgeChatClient)), contextLength));
        services.TryAddSingleton<IChatClient>(provider => provider.GetRequiredService<EdgeChatClient>());
        Register<EdgeChatClient>(services, nameof(EdgeChatClient), "chat");
        return services;
    }

    private static void Register<TClient>(IServiceCollection services, string name, string prompt)
        where TClient : class, IEdgeClient
    {
        if (!services.Any(descriptor => descriptor.ImplementationInstance is EdgeClientRegistration known && known.Name == name))
        {
            services.AddSingleton(new EdgeClientRegistration(name, prompt, provider => provider.GetRequiredService<TClient>()));
        }
    }

    private static void AddOptions(IServiceCollection services, string name, Action<IServiceProvider, EdgeClientOptions>? configure)
    {
        OptionsBuilder<EdgeClientOptions> builder = services.AddOptions<EdgeClientOptions>(name);
        if (configure is not null)
        {
            builder.Configure<IServiceProvider>((options, provider) => configure(provider, options));
        }

        builder.PostConfigure<IServiceProvider>(static (options, provider) => options.Logger ??= provider.GetService<ILoggerFactory>()?.CreateLogger(LogCategory));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EdgeClientOptions>, EdgeClientOptionsValidation>());
        builder.ValidateOnStart();
    }

    private static EdgeClientOptions Options(IServiceProvider provider, string name) => provider.GetRequiredService<IOptionsMonitor<EdgeClientOptions>>().Get(name);
}
