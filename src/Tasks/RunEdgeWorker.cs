using EdgeBuild.Contracts;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Runs <c>edgebuild train</c> for each plan, one after the other: a training uses every core.</summary>
public sealed class RunEdgeWorker : WorkerTask
{
    /// <summary>Gets or sets the models of <see cref="PlanEdgeModels"/> that are to be trained; metadata <c>PlanFile</c>.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        WorkerCall call = CreateCall();
        foreach (ITaskItem model in Models)
        {
            ModelOrigin origin = ModelOrigin.Read(model);
            try
            {
                if (!call.Run(model.ItemSpec, "made the model", origin, ["train", model.GetMetadata("PlanFile")]))
                {
                    return false;
                }
            }
            catch (EdgeBuildException exception)
            {
                Report(origin.Complete(exception.ToDiagnostic()));
                return false;
            }
        }

        return true;
    }
}
