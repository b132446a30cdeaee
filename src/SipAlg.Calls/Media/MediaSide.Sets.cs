using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Media;

/// <content>Several addresses of one family, each with ports of its own: a face takes one of them for all its streams.</content>
internal readonly partial struct MediaSide
{
    /// <summary>This side at one of its sets, drawn by lot of those that have a free port; as it is if none has.</summary>
    /// <param name="pools">The realm's, by set.</param>
    public MediaSide Chosen(ReadOnlySpan<PortPool> pools)
    {
        if (Further.IsDefaultOrEmpty)
        {
            return this;
        }

        var (chosen, free) = (0, 0);
        for (var set = 0; set < Math.Min(pools.Length, 1 + Further.Length); set++)
        {
            // One of those seen so far, each as likely.
            if (pools[set].Free > 0 && (set == 0 || !Further[set - 1].Bind(Bind.IsV4).IsNone) && Random.Shared.Next(++free) == 0)
            {
                chosen = set;
            }
        }

        return chosen == 0 ? this : In(chosen);
    }

    private MediaSide In(int set)
    {
        var (further, isV4) = (Further[set - 1], Bind.IsV4);
        return this with
        {
            Set = set,
            Bind = further.Bind(isV4),
            Shown = further.Shown(isV4),
            Other = further.Bind(!isV4).IsNone ? Other : new MediaAddress(further.Bind(!isV4), further.Shown(!isV4), set),
        };
    }
}

/// <param name="Bind">What ports are bound to.</param>
/// <param name="Shown">What SDP shows.</param>
/// <param name="Set">Whose ports.</param>
internal readonly record struct MediaAddress(IpAddress Bind, IpAddress Shown, int Set = 0);
