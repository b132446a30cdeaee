using SipAlg.Media.Srtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Calls.Media;

/// <content>The keys of its streams, where SRTP ends at the gateway on this side: they live as long as the stream has a port here.</content>
internal sealed partial class MediaFace
{
    private LineKeys?[] _keys = [];

    public LineKeys KeysOf(int index)
    {
        if (_keys.Length <= index)
        {
            Array.Resize(ref _keys, index + 1);
        }

        return _keys[index] ??= new LineKeys();
    }

    /// <summary>What a stream is encrypted with towards this side; null where that does not end here.</summary>
    public SrtpSuite? SuiteOf(int index) => index < _keys.Length ? _keys[index]?.Suite : null;

    private void NoteKeys(int index, MediaKeys? keys)
    {
        var suite = keys is { Receive: not null } ? keys.Send?.Suite : null;
        if (suite != SuiteOf(index))
        {
            lane.Secured.Change(_side.Realm, SuiteOf(index), suite);
            KeysOf(index).Suite = suite;
        }
    }

    private void ReleaseKeys(int index)
    {
        if (index < _keys.Length && _keys[index] is { } keys)
        {
            NoteKeys(index, null);
            keys.Release();
            _keys[index] = null;
        }
    }

    private void ReleaseKeys()
    {
        for (var index = 0; index < _keys.Length; index++)
        {
            ReleaseKeys(index);
        }
    }
}
