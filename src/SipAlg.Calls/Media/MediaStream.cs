using System.Diagnostics.CodeAnalysis;
using SipAlg.Media;

namespace SipAlg.Calls.Media;

/// <summary>One m= line of a call: its ports and where they are aimed.</summary>
internal struct MediaStream
{
    public MediaPort Caller;
    public MediaPort Callee;
    public bool IsOffered;
    public bool IsMuxOffered;

    /// <summary>Part of the session that both sides agreed on.</summary>
    public bool IsAccepted;

    /// <summary>Where the side that offered wants the stream, until it is answered.</summary>
    public MediaTarget Offered;
    private MediaTarget _callerTarget;
    private MediaTarget _calleeTarget;

    [UnscopedRef]
    public ref MediaPort Port(int side) => ref side == 0 ? ref Caller : ref Callee;

    [UnscopedRef]
    public ref MediaTarget Target(int side) => ref side == 0 ? ref _callerTarget : ref _calleeTarget;
}
