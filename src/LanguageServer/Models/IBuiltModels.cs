using System.Diagnostics;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.LanguageServer.Models;

/// <summary>The models that builds have made. The worker knows their files; the server asks through this.</summary>
internal interface IBuiltModels
{
    /// <summary>Reads what the last evaluation of a model has measured.</summary>
    /// <returns>The figures; null when the model is not built.</returns>
    ModelFigures? Read(TrainingPlan plan);

    /// <summary>Tells how a process is started that serves <see cref="ModelHostMethods"/>: models and native code stay out of the server's own.</summary>
    ProcessStartInfo HostProcess();
}
