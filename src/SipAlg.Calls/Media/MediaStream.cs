using System.Diagnostics.CodeAnalysis;
using SipAlg.Media;

namespace SipAlg.Calls.Media;

/// <summary>One m= line between two dialogs: what was offered, and where it was agreed to go.</summary>
internal struct MediaStream
{
    public bool IsOffered;
    public bool IsMuxOffered;

    /// <summary>Part of the session that both sides agreed on.</summary>
    public bool IsAccepted;

    /// <summary>Where the side that offered wants the stream, until it is answered.</summary>
    public MediaTarget Offered;
    private MediaTarget _callerTarget;
    private MediaTarget _calleeTarget;

    /// <summary>The caller's side becomes the callee's.</summary>
    public void Turn() => (_callerTarget, _calleeTarget) = (_calleeTarget, _callerTarget);

    [UnscopedRef]
    public ref MediaTarget Target(int side) => ref side == 0 ? ref _callerTarget : ref _calleeTarget;
}
