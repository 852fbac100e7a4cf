namespace HomeAgent;

/// <summary>The functions that the model may call. A real house would switch something; this one says what it does.</summary>
internal sealed class House : IAssistantTools<string>
{
    public ValueTask<string> SetLightsAsync(AssistantRoom room, long percent, CancellationToken cancellationToken) =>
        Done($"lights, {room.ToLabel()}: {Level(percent, "off")}");

    public ValueTask<string> SetHeatingAsync(AssistantRoom room, double degrees, CancellationToken cancellationToken) =>
        Done($"heating, {room.ToLabel()}: {degrees:0.#} °C");

    public ValueTask<string> MoveBlindsAsync(AssistantRoom room, long percent, CancellationToken cancellationToken) =>
        Done($"blinds, {room.ToLabel()}: {Level(percent, "closed")}");

    public ValueTask<string> SetLockAsync(AssistantSetLockDoor door, AssistantSetLockState state, CancellationToken cancellationToken) =>
        Done($"door, {door.ToLabel()}: {state.ToLabel()}");

    public ValueTask<string> PlayMusicAsync(AssistantRoom room, string what, CancellationToken cancellationToken) =>
        Done($"playing, {room.ToLabel()}: {what}");

    public ValueTask<string> StartTimerAsync(long minutes, string? label, CancellationToken cancellationToken) =>
        Done(minutes <= 0 ? "For how long?" : $"timer, {minutes} min{(label is null ? string.Empty : $": {label}")}");

    public ValueTask<string> AddItemAsync(AssistantAddItemList list, string item, CancellationToken cancellationToken) =>
        Done($"{list.ToLabel()} list: {item}");

    public ValueTask<string> RejectAsync(AssistantRejectReason reason, CancellationToken cancellationToken) => Done(reason switch
    {
        AssistantRejectReason.Unclear => "Please say that more exactly.",
        AssistantRejectReason.Several => "One thing at a time, please.",
        _ => "That is nothing I can do.",
    });

    // The types hold, the values are the model's: what goes to devices is checked like any other input.
    private static string Level(long percent, string nothing) => Math.Clamp(percent, 0, 100) is 0 ? nothing : $"{Math.Clamp(percent, 0, 100)} %";

    private static ValueTask<string> Done(string text) => ValueTask.FromResult(text);
}
