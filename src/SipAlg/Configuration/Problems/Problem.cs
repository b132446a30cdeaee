namespace SipAlg.Configuration.Problems;

internal enum Severity : byte
{
    Error,

    /// <summary>The gateway starts, but probably not as intended.</summary>
    Warning,
}

/// <param name="Hint">What to write instead; null when the message says it all.</param>
internal sealed record Problem(Severity Severity, SourcePosition At, string Message, string? Hint)
{
    /// <summary>On one line of a log, with the hint.</summary>
    public string WithHint => Hint is null ? ToString() : $"{this} ({Hint})";

    /// <summary><c>file:line:column: message</c>, as editors read it.</summary>
    public override string ToString() => Severity == Severity.Error ? $"{At}: {Message}" : $"{At}: warning: {Message}";
}
