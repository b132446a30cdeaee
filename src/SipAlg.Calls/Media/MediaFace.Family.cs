using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Media;

/// <content>
/// The address family of each stream's ports (RFC 8866 §5.7: streams of one description may differ): that of the signalling, until the
/// far side offers to receive in the other one. A socket sends in its own family only, so that a stream that moves gets other ports.
/// </content>
internal sealed partial class MediaFace
{
    /// <summary>What SDP shows where it says nothing of a stream.</summary>
    public IpAddress Shown => _side.At(IsOther).Shown;

    private bool IsOther
    {
        get
        {
            foreach (ref readonly var line in _lines.AsSpan())
            {
                if (!line.Port.IsNone)
                {
                    return line.IsOther;
                }
            }

            return _lines is [{ IsOther: true }, ..];
        }
    }

    /// <summary>What SDP shows of a stream.</summary>
    public IpAddress ShownOf(int index) => _side.At(index < _lines.Length ? _lines[index].IsOther : IsOther).Shown;

    /// <summary>The same once the far side's offer is answered.</summary>
    public IpAddress ComingShownOf(int index) => _side.At(index < _lines.Length ? _lines[index].IsComingOther : IsOther).Shown;

    /// <summary>The far side offers to receive a stream here: ports of that family at once as long as there is none, else once it is answered.</summary>
    public void Follow(int index, IpAddress offered)
    {
        ref var line = ref LineAt(index);
        Stay(ref line);
        if (!IsElsewhere(line, offered))
        {
            return;
        }

        if (line.Port.IsNone)
        {
            line.IsOther = !line.IsOther;
        }
        else
        {
            line.IsMoving = true;
        }
    }

    /// <summary>The offer is answered: ports of the new family take the place of the old ones, and what waits at those goes along.</summary>
    /// <param name="offered">Where the far side wants its streams; known before anything flows to the new ports, so that no packet is without a way.</param>
    public void Move(ReadOnlySpan<MediaStream> offered)
    {
        for (var index = 0; index < _lines.Length; index++)
        {
            ref var line = ref _lines[index];
            if (!line.IsMoving || line.LacksNext)
            {
                line.IsMoving = false;
                continue;
            }

            var (before, coming) = (line.Port, line.Coming);
            lane.Relay.MoveEvents(before, coming);
            lane.Relay.Aim(coming, index < offered.Length && offered[index].IsOffered ? offered[index].Offered : _side.Undescribed);
            line = new MediaLine { Port = coming, IsOther = !line.IsOther };
            JoinStream(index);
            Return(index, ref before);
        }
    }

    /// <summary>The offer is refused, or gives way to another: what was taken for it goes back.</summary>
    public void StayInFamily()
    {
        foreach (ref var line in _lines.AsSpan())
        {
            Stay(ref line);
        }
    }

    /// <summary>
    /// Says where a stream goes and comes from. An answer that wants it in the other family than what it answers (a delayed offer's, or
    /// that to a refresh) is followed too: packets leave from a port of that family, and the far side goes on sending to the announced one.
    /// </summary>
    public void Aim(int index, in MediaTarget target)
    {
        if (index >= _lines.Length || _lines[index].Port.IsNone)
        {
            return;
        }

        ref var line = ref _lines[index];
        NoteKeys(index, target.Keys);
        lane.Relay.Aim(line.Port, target);
        var isAway = line.IsAway;
        if (!target.Rtp.IsNone)
        {
            isAway = IsElsewhere(line, target.Rtp.Address) && (!line.Away.IsNone || TryTake(!line.IsOther, out line.Away));
        }

        if (isAway)
        {
            lane.Relay.Aim(line.Away, target);
        }

        if (isAway != line.IsAway)
        {
            line.IsAway = isAway;
            JoinStream(index);
        }

        if (!isAway)
        {
            Return(index, ref line.Away);
        }
    }

    /// <summary>What comes to the announced port goes on with the stream, though packets leave from another.</summary>
    private void Feed(int index)
    {
        if (_lines[index].IsAway)
        {
            lane.Relay.Feed(Port(index), Partner!.Exit(index));
        }
    }

    /// <summary>The streams flow to another face now.</summary>
    private void Starve()
    {
        foreach (ref readonly var line in _lines.AsSpan())
        {
            if (line.IsAway)
            {
                lane.Relay.Separate(line.Port);
            }
        }
    }

    private bool IsElsewhere(in MediaLine line, IpAddress wanted) =>
        !wanted.IsNone && !_side.Other.Bind.IsNone && wanted.IsV4 != _side.At(line.IsOther).Bind.IsV4;

    private void Stay(ref MediaLine line)
    {
        lane.Release(line.Next);
        (line.Next, line.IsMoving) = (default, false);
    }
}
