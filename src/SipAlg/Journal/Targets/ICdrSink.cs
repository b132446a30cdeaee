namespace SipAlg.Journal.Targets;

/// <summary>Where a target's records end: a file, or the spool of a server. Used by the target's own thread; may block.</summary>
internal interface ICdrSink
{
    /// <summary>For the log.</summary>
    string Place { get; }

    /// <summary>Takes whole lines, or none of them.</summary>
    /// <exception cref="IOException">It cannot be written; it will be tried again.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    void Append(ReadOnlySpan<byte> lines, int records);

    /// <summary>There was nothing to write for a while.</summary>
    /// <exception cref="IOException">What it does then failed.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    void Idle();
}
