namespace SipAlg.Configuration.Shapes;

/// <summary>The outcome of reading a scalar's characters.</summary>
/// <param name="Fault">Null when it was understood; else what is wrong, to follow the value: "… is no duration".</param>
internal readonly record struct Parsed<T>(T? Value, string? Fault, string? Hint)
{
    public static implicit operator Parsed<T>(T value) => new(value, null, null);

    public static Parsed<T> Bad(string fault, string? hint = null) => new(default, fault, hint);
}
