using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Configuration.Checks;

namespace SipAlg.Hosting;

/// <summary>Whether media ports are to share sockets: by configuration, or because a socket each is more than the process may have.</summary>
/// <param name="Shares">They are to.</param>
/// <param name="Reason">As the end of a sentence.</param>
internal readonly record struct SocketChoice(bool Shares, string Reason)
{
    /// <param name="sockets">As configured.</param>
    /// <param name="wanted">Descriptors that a socket each and all else take.</param>
    /// <param name="limit">Descriptors that the process may have.</param>
    public static SocketChoice Of(MediaSockets sockets, long wanted, long limit) => sockets switch
    {
        MediaSockets.Shared => new SocketChoice(true, "media.sockets says so"),
        MediaSockets.PerPort => new SocketChoice(false, "media.sockets says so"),
        _ when limit < wanted => new SocketChoice(true, $"{limit} descriptors are too few for the {wanted} that a socket each wants"),
        _ => new SocketChoice(false, $"{limit} descriptors are enough"),
    };

    /// <summary>Descriptors that a gateway of this model wants when each media port is a socket.</summary>
    public static long WantedBy(GatewayModel model) => HostChecks.OtherDescriptors + model.Realms.Where(realm => !realm.IsRemoved).Sum(realm => realm.Media.Sets * (realm.Media.LastPort - realm.Media.FirstPort + 1L));
}
