namespace EdgeBuild.Training;

/// <summary>Receives the course of a run, each step once and in order, on the thread that trains.</summary>
public interface ITrainingLog
{
    /// <summary>Called before the first step.</summary>
    /// <param name="finishedSteps">The steps that an interrupted run has left in its checkpoint; later ones of it will come again.</param>
    void Begin(int finishedSteps);

    /// <summary>Called after each step.</summary>
    /// <param name="finished">The step.</param>
    void Add(TrainingStep finished);

    /// <summary>Called after each validation, and after the step that it follows.</summary>
    /// <param name="validation">The validation.</param>
    void Add(ValidationLoss validation);
}
