import { describe, expect, it } from 'vitest';
import { pages, spaces } from '../ipc/fake_data';
import { beneath, inOrganization, onPage, type Found, type Where } from './where';

const [page, other] = pages as [(typeof pages)[0], (typeof pages)[0]];
const [space, elsewhere] = spaces as [(typeof spaces)[0], (typeof spaces)[0]];
const filled: Where = { organization: 'a', space, parent: page, page };
const found = (organization: string, of: Found['space'] = elsewhere): Found => ({ organization, page: other, space: of });

describe('the fields of a destination', () => {
  it('are emptied by another organization, and by nothing else', () => {
    expect(inOrganization(filled, 'b')).toEqual({ organization: 'b', space: null, parent: null, page: null });
    expect(inOrganization(filled, 'a')).toEqual(filled);
  });

  it('follow a page into its organization', () => {
    expect(onPage(filled, found('b'))).toEqual({ organization: 'b', space: null, parent: null, page: other });
    expect(onPage(filled, found('a'))).toEqual({ ...filled, page: other });
    expect(onPage(filled, null)).toEqual({ ...filled, page: null });
  });

  it('follow a parent into its organization and space', () => {
    expect(beneath(filled, found('b'))).toEqual({ organization: 'b', space: elsewhere, parent: other, page: null });
    expect(beneath(filled, found('a'))).toEqual({ ...filled, space: elsewhere, parent: other });
    expect(beneath(filled, null)).toEqual({ ...filled, parent: null });
  });

  it('keep no space of another organization where Confluence does not say which one a parent is in', () => {
    expect(beneath(filled, found('b', null))).toEqual({ organization: 'b', space: null, parent: other, page: null });
    expect(beneath(filled, found('a', null))).toEqual({ ...filled, parent: other });
  });
});
