using SipAlg.Calls.Legs;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>The requests that have crossed and are not answered yet.</content>
internal sealed partial class Call
{
    /// <summary>Of one call; one side that asks on and on while the other is silent would have us keep ever more of it.</summary>
    private const int MostCrossings = 64;

    private CrossingRequest? _crossings;

    private bool HasRoomForCrossing
    {
        get
        {
            var count = 0;
            for (var crossing = _crossings; crossing is not null; crossing = crossing.Next)
            {
                count++;
            }

            return count < MostCrossings;
        }
    }

    private CrossingRequest? TakeCrossing(TransactionId transaction)
    {
        CrossingRequest? before = null;
        for (var crossing = _crossings; crossing is not null; before = crossing, crossing = crossing.Next)
        {
            if (crossing.Asking == transaction)
            {
                Unlink(before, crossing);
                return crossing;
            }
        }

        return null;
    }

    private void Unlink(CrossingRequest? before, CrossingRequest crossing)
    {
        if (before is null)
        {
            _crossings = crossing.Next;
        }
        else
        {
            before.Next = crossing.Next;
        }

        crossing.From.IsUpdating &= !crossing.HasOffer;
    }

    /// <summary>Requests from or to a dialog that has ended: who asked hears that it is gone.</summary>
    private void DropCrossings(Leg leg)
    {
        CrossingRequest? before = null;
        for (var crossing = _crossings; crossing is not null; crossing = crossing.Next)
        {
            if (crossing.From == leg || crossing.To == leg)
            {
                Unlink(before, crossing);
                Refuse(crossing, 481);
            }
            else
            {
                before = crossing;
            }
        }
    }

    /// <summary>A leg goes over to another call: what is under way is to be asked there once more.</summary>
    private void AbandonCrossings()
    {
        for (; _crossings is { } crossing; _crossings = crossing.Next)
        {
            crossing.From.IsUpdating &= !crossing.HasOffer;
            Refuse(crossing, 500);
        }
    }

    private void DropCrossings()
    {
        for (; _crossings is { } crossing; _crossings = crossing.Next)
        {
            Refuse(crossing, 481);
        }
    }
}
