namespace SipAlg.Signaling.Lanes;

/// <summary>Tells from a message on a connection, which all lanes share, the lane it belongs to. Called on pool threads, in parallel.</summary>
public interface ILaneRouter
{
    /// <returns>The lane that an identifier minted by the gateway names; −1: any (the connection's home lane takes it).</returns>
    int LaneFor(ReadOnlySpan<byte> message);
}
