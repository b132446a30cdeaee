namespace SipAlg.Calls.Media;

/// <summary>How many pairs of ports each owner of a lane holds, by its slot: exact at any time, so that who ends with some is known at once.</summary>
internal sealed class PortHoldings
{
    private int[] _held = [];

    public int Of(ulong owner) => SlotOf(owner) is var slot && slot < _held.Length ? _held[slot] : 0;

    public void Take(ulong owner)
    {
        var slot = SlotOf(owner);
        if (slot >= _held.Length)
        {
            Array.Resize(ref _held, Math.Max(2 * _held.Length, slot + 1));
        }

        _held[slot]++;
    }

    public void Clear(ulong owner) => _held[SlotOf(owner)] = 0;

    public void Give(ulong owner) => _held[SlotOf(owner)]--;

    private static int SlotOf(ulong owner) => (int)(owner >> 32);
}
