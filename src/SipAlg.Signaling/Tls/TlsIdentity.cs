using System.Collections.Immutable;

namespace SipAlg.Signaling.Tls;

/// <summary>
/// Who has to be at the far end of a connection that we open, or has proven to be at one that we accepted. Its number is
/// <see cref="Transports.Flow.Far"/>: what is sent to one never goes over a connection to another, though both were at one address.
/// </summary>
public sealed class TlsIdentity
{
    internal TlsIdentity(ushort number, ImmutableArray<string> names, int peer, TlsResult fault) => (Number, Names, Peer, Fault) = (number, names, peer, fault);

    public ushort Number { get; }

    /// <summary>
    /// Domains, in lower case: one of them has to be in the certificate of who is opened to; all those in the certificate of who was accepted.
    /// </summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The peer whose keys are used, by index; -1: those of the realm.</summary>
    public int Peer { get; }

    /// <summary>Why a certificate that was shown proves nothing; <see cref="TlsResult.Done"/> where it does.</summary>
    public TlsResult Fault { get; }
}
