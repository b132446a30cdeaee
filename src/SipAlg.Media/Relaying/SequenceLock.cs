namespace SipAlg.Media.Relaying;

/// <summary>
/// A seqlock: one writer never waits, readers copy and check. Odd while a write is under way.
/// </summary>
internal struct SequenceLock
{
    private uint _version;

    /// <summary>The version to check a copy against; odd: what is guarded is being written.</summary>
    public readonly uint Version => Volatile.Read(in _version);

    public static bool IsBeingWritten(uint version) => (version & 1) != 0;

    public void BeginWrite()
    {
        _version++;
        // The odd version is seen before anything of what follows.
        Volatile.WriteBarrier();
    }

    public void EndWrite() => Volatile.Write(ref _version, _version + 1);

    /// <summary>Whether what was copied since <paramref name="version"/> was read is of one write.</summary>
    public readonly bool IsStill(uint version)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(in _version) == version;
    }
}
