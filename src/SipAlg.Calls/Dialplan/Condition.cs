namespace SipAlg.Calls.Dialplan;

/// <summary>One line of a route's <c>when</c>. Every one must hold.</summary>
public abstract class Condition
{
    /// <summary>The key as it is written in <c>when</c>.</summary>
    public abstract string Key { get; }

    /// <summary>Allocates nothing.</summary>
    public abstract bool Matches(in RouteRequest request);

    /// <summary>Why it does not match, in words of the file; asked only by a dry run.</summary>
    public abstract string Explain(in RouteRequest request);

    /// <summary>Whether each request that matches <paramref name="other"/> certainly matches this one too.</summary>
    public abstract bool Covers(Condition other);

    /// <summary>It asks for what stands in the message alone, and in no call's record.</summary>
    internal virtual bool LooksIntoMessage => false;

    /// <summary>Adds the named groups of a condition that matched.</summary>
    internal virtual void Capture(in RouteRequest request, Captures captures)
    {
    }

    /// <summary>Names that <see cref="Capture"/> sets.</summary>
    public virtual IEnumerable<string> CaptureNames => [];
}
